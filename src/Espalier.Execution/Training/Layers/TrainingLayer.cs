using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The forward and backward pass of a node, or of several fused nodes, in a training plan.</summary>
internal abstract class TrainingLayer(string name, TrainingValue[] inputs, TrainingValue output)
{
    /// <summary>Writes a part of a gradient.</summary>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    /// <param name="accumulate">Whether to add to the gradient instead of overwriting it.</param>
    protected delegate void GradientWork(int part, int parts, bool accumulate);

    internal string Name => name;

    internal TrainingValue[] Inputs => inputs;

    internal TrainingValue Output => output;

    /// <summary>The measured time of the layer.</summary>
    internal LayerCost Cost { get; } = new();

    /// <summary>The samples that it computes: those of its output, unless a part of the layer can be dropped.</summary>
    internal virtual SampleNeed ComputedFor => output.Need;

    /// <summary>Whether the backward pass reads the value of an input.</summary>
    internal virtual bool ReadsInputBackward(int index) => false;

    /// <summary>Whether the backward pass reads the value of the output.</summary>
    internal virtual bool ReadsOutputBackward => false;

    /// <summary>The size of packed weights and other memory of the layer, in bytes.</summary>
    internal virtual long PackedBytes => 0;

    /// <summary>The length of the workspace that it needs, in floats.</summary>
    internal virtual int WorkspaceLength(int batch) => 0;

    /// <summary>Computes the output, unless no sample needs it, and measures the time.</summary>
    internal void Run(TrainingRun run)
    {
        if (output.Need.Count > 0)
        {
            Cost.Start();
            Forward(run);
            Cost.Stop(LayerPass.Forward, ComputedFor.Count == 0);
        }
        else
        {
            SkipForward(run);
        }
    }

    /// <summary>Computes the output from the inputs.</summary>
    internal abstract void Forward(TrainingRun run);

    /// <summary>Adds to the gradients of inputs and parameters; called only if the output has a gradient.</summary>
    internal abstract void Backward(TrainingRun run);

    /// <summary>Called in place of <see cref="Forward"/> where no sample needs the output.</summary>
    internal virtual void SkipForward(TrainingRun run)
    {
    }

    /// <summary>Called in place of <see cref="Backward"/> where the output could have a gradient, but has none in this pass.</summary>
    internal virtual void SkipBackward(TrainingRun run)
    {
    }

    /// <summary>Whether parameters have changed since they were packed. A layer that stochastic depth drops is not repacked before it is computed again.</summary>
    internal bool IsRepackDue { get; set; }

    /// <summary>Packs changed parameters again.</summary>
    internal virtual void Repack(TrainingRun run)
    {
    }

    /// <summary>The number of samples that the layer computes.</summary>
    protected int Batch => output.Need.Count;

    /// <summary>Runs a forward kernel and clears the border of the output.</summary>
    protected void Produce(TrainingRun run, Action<int, int> work)
    {
        int batch = Batch;
        run.Parallel((part, parts) =>
        {
            BorderKernel.Clear(run[output], output.Layout, batch, part, parts);
            work(part, parts);
        });
    }

    /// <summary>Runs the forward calls of an op that inference computes in the same way.</summary>
    protected void Produce(TrainingRun run, ForwardCall[] calls)
    {
        int batch = Batch;
        Produce(run, (part, parts) =>
        {
            foreach (ForwardCall call in calls)
            {
                call.Kernel(
                    new ForwardOperands
                    {
                        Batch = batch,
                        Input = run[call.Input == ForwardCall.Output ? output : inputs[call.Input]],
                        Second = call.Second == ForwardCall.None ? [] : run[inputs[call.Second]],
                        Output = run[output],
                    },
                    part,
                    parts);
            }
        });
    }

    /// <summary>Runs a kernel that writes or adds to an input's gradient; the first writer also clears its border.</summary>
    protected static void Propagate(TrainingRun run, TrainingValue input, GradientWork work)
    {
        if (!input.NeedsGradient)
        {
            return;
        }

        bool accumulate = input.HasGradient;
        run.Parallel((part, parts) =>
        {
            if (!accumulate)
            {
                BorderKernel.Clear(run.GradientOf(input), input.GradientLayout, input.Need.Count, part, parts);
            }

            work(part, parts, accumulate);
        });
        input.HasGradient = true;
    }

    /// <summary>Whether the kernel must add to the gradients of the layer's parameters. If only some of them have a gradient so far, those of the others are set to zero.</summary>
    protected static bool Accumulates(params ReadOnlySpan<TrainingParameter?> parameters)
    {
        bool any = false;
        foreach (TrainingParameter? parameter in parameters)
        {
            any |= parameter is { Trainable: true, HasGradient: true };
        }

        foreach (TrainingParameter? parameter in parameters)
        {
            if (parameter is not { Trainable: true })
            {
                continue;
            }

            if (any && !parameter.HasGradient)
            {
                parameter.Gradient.Span.Clear();
            }

            parameter.HasGradient = true;
        }

        return any;
    }
}
