using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>What the plan does for one node, or for some that are fused: forward and backward.</summary>
internal abstract class TrainingLayer(string name, TrainingValue[] inputs, TrainingValue output)
{
    /// <summary>Writes a part of a gradient.</summary>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    protected delegate void GradientWork(int part, int parts, bool accumulate);

    internal string Name => name;

    internal TrainingValue[] Inputs => inputs;

    internal TrainingValue Output => output;

    /// <summary>What it took.</summary>
    internal LayerCost Cost { get; } = new();

    /// <summary>Whose samples it computes: of what it makes, unless a part of it can be dropped.</summary>
    internal virtual SampleNeed ComputedFor => output.Need;

    /// <summary>Whether the backward pass reads what an input held.</summary>
    internal virtual bool ReadsInputBackward(int index) => false;

    /// <summary>Whether the backward pass reads what this layer made.</summary>
    internal virtual bool ReadsOutputBackward => false;

    /// <summary>Bytes of packed weights and of other memory that the layer keeps.</summary>
    internal virtual long PackedBytes => 0;

    /// <summary>Floats of workspace that it takes.</summary>
    internal virtual int WorkspaceLength(int batch) => 0;

    /// <summary>Makes the output from the inputs.</summary>
    internal abstract void Forward(TrainingRun run);

    /// <summary>Adds to the gradients of inputs and parameters; called only where the output has a gradient.</summary>
    internal abstract void Backward(TrainingRun run);

    /// <summary>Whether parameters have changed since they were packed. A layer that stochastic depth drops waits until it is computed again.</summary>
    internal bool IsRepackDue { get; set; }

    /// <summary>Takes over changed parameters.</summary>
    internal virtual void Repack(TrainingRun run)
    {
    }

    /// <summary>Samples that the layer computes.</summary>
    protected int Batch => output.Need.Count;

    /// <summary>Runs a forward kernel; the output's border is cleared with it.</summary>
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

    /// <summary>Runs a kernel that writes an input's gradient; the first writer also clears its border.</summary>
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

    /// <summary>Whether a layer's parameters' gradients are added to; where only one has a gradient so far, the other's becomes zero first.</summary>
    protected static bool Accumulates(TrainingParameter? weight, TrainingParameter? bias)
    {
        bool any = weight is { Trainable: true, HasGradient: true } || bias is { Trainable: true, HasGradient: true };
        foreach (TrainingParameter? parameter in (ReadOnlySpan<TrainingParameter?>)[weight, bias])
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
