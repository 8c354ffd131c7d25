using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A model that a runtime has made ready for training. Not safe to share between threads.</summary>
/// <remarks>
/// One step is: <see cref="ZeroGradients"/>; then for each part of the batch <see cref="Forward"/>, a loss's gradient by the result, and <see cref="Backward"/>; then <see cref="Step"/>.
/// Results are the same, bit for bit, for any number of threads and on every repeat.
/// </remarks>
public interface ITrainingRun : IDisposable
{
    /// <summary>The model as it was given.</summary>
    Model Model { get; }

    /// <summary>The shape of one sample.</summary>
    Shape InputShape => Model.Graph.ShapeOf(Model.Graph.Input.Name);

    /// <summary>The shape of one sample's first output: <c>[classes]</c> for a classifier.</summary>
    Shape OutputShape => Model.Graph.ShapeOf(Model.Graph.Outputs[0]);

    /// <summary>The memory it takes.</summary>
    MemoryForecast Memory { get; }

    /// <summary>Every parameter that is no buffer, frozen ones included, in the order of the graph.</summary>
    IReadOnlyList<TrainingParameter> Parameters { get; }

    /// <summary>Running statistics and other buffers as they are now, by name. The tensors are the run's own and change with every forward pass.</summary>
    IReadOnlyDictionary<string, Tensor> Buffers { get; }

    /// <summary>Seconds that stochastic depth has saved since the last <see cref="ResetSavedSeconds"/>; not a number for a network without it, or where a runtime computes dropped branches too.</summary>
    double SavedSeconds { get; }

    /// <summary>Runs the network in training mode: batch statistics, which also go into the running ones, and random drops.</summary>
    /// <param name="images">Float32, [n, …sample], with n at most <see cref="TrainingRunOptions.Batch"/>.</param>
    /// <param name="pass">Which draws to use, by the step: they are a pure function of (seed, step, node, sample).</param>
    /// <returns>The first output, [n, …output] in plain order, followed by each of <see cref="TrainingRunOptions.FurtherOutputs"/> in the same form; overwritten by the next call.</returns>
    /// <exception cref="EspalierException">The images are not of the network's shape, or too many; or so few that a norm has a single value per channel (<see cref="BatchStatistics"/>): then nothing has changed.</exception>
    ReadOnlySpan<float> Forward(Tensor images, TrainingPass pass);

    /// <summary>Adds the gradient of the last forward pass's batch to the gradient of every parameter that it reaches.</summary>
    /// <param name="outputGradient">The loss's gradient by the result of <see cref="Forward"/>, in the same order.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass, or it has had its backward pass.</exception>
    void Backward(ReadOnlySpan<float> outputGradient);

    /// <summary>The gradient of the last backward pass by a node's output: a copy.</summary>
    /// <param name="node">One of <see cref="TrainingRunOptions.GradientsOf"/>.</param>
    /// <returns>Float32, [n, …output of the node] in plain order, with n that of the forward pass; 0 for samples on whose result the node's output has no effect, such as those for which its branch was dropped.</returns>
    /// <exception cref="ArgumentException">The node is not one of <see cref="TrainingRunOptions.GradientsOf"/>.</exception>
    /// <exception cref="InvalidOperationException">There was no backward pass since the last forward pass.</exception>
    Tensor GradientOf(string node);

    /// <summary>Forgets all parameters' gradients.</summary>
    void ZeroGradients();

    /// <summary>Changes parameters, usually by their gradients: within <paramref name="update"/> values and gradients of <see cref="Parameters"/> are in memory and may be changed; the next forward pass uses the new values.</summary>
    void Step(Action update);

    /// <summary>Sets parameters and buffers; names that are not there stay as they are.</summary>
    /// <exception cref="EspalierException">A tensor's shape is not the parameter's, or the network has no parameter of the name.</exception>
    void Load(IEnumerable<KeyValuePair<string, Tensor>> values);

    /// <summary>Takes over the masks of a model of this network, and the weights that they remove; an optimizer must be told.</summary>
    void Mask(Parameters masked);

    /// <summary>The model with the parameters and running statistics as they are now: a copy.</summary>
    Model ToModel();

    /// <summary>For how many samples of the last forward pass's batch a node was computed: none for the nodes of a dropped branch.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    int SamplesComputed(string node);

    /// <summary>Measures anew what stochastic depth saves.</summary>
    void ResetSavedSeconds();
}
