using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Computes the gradient of a value of a network by another node's output, at inference: norms use running statistics.</summary>
internal sealed class ValueGradient : IDisposable
{
    private readonly ITrainingRun _run;
    private readonly string _by;
    private readonly int _length;

    /// <param name="runtime">What differentiates it.</param>
    /// <param name="model">The model.</param>
    /// <param name="of">The node with the value.</param>
    /// <param name="by">The node by whose output it is differentiated, the input included.</param>
    /// <param name="workers">Threads.</param>
    /// <exception cref="GraphException">The value does not depend on that node.</exception>
    internal ValueGradient(IRuntime runtime, Model model, string of, string by, WorkerPool workers)
    {
        bool isInput = model.Graph[by].Op is Input;
        Model form = ExplainedNetwork.AtInference(model, isInput || of == by ? [of] : [of, by]);
        _run = runtime.PrepareTraining(form, new TrainingRunOptions
        {
            Batch = 1,
            Frozen = ExplainedNetwork.AllScopes(form.Graph),
            FurtherOutputs = [.. form.Graph.Outputs.Skip(1)],
            LearnScales = false,
            GradientsOf = [by],
            Workers = workers,
        });
        (_by, _length) = (by, (int)form.Graph.ShapeOf(of).Count);
    }

    /// <summary>The node's output and the gradient of the value.</summary>
    /// <param name="input">The network's input: [1, …sample].</param>
    /// <param name="weight">The weight of each element in the value, by its index.</param>
    internal (float[] Value, float[] Gradient) Compute(Tensor input, Func<int, float> weight)
    {
        float[] result = _run.Forward(input, 0).ToArray();
        float[] gradient = new float[result.Length];
        for (int i = 0; i < _length; i++)
        {
            gradient[i] = weight(i);
        }

        _run.Backward(gradient);
        return (result.Length > _length ? result[_length..] : input.Read<float>().ToArray(), _run.GradientOf(_by).Read<float>().ToArray());
    }

    public void Dispose() => _run.Dispose();
}
