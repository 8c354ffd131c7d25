using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>A node as a device computes it, forward and backward. Values are float32 in plain order: [sample, channel, row, column].</summary>
internal abstract class DeviceOp : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Graph _graph;

    /// <summary>Prepares a node.</summary>
    /// <param name="device">The device.</param>
    /// <param name="graph">The network with the shapes.</param>
    /// <param name="node">The node.</param>
    protected DeviceOp(Device device, Graph graph, Node node) => (Device, _graph, Node) = (device, graph, node);

    /// <summary>The device.</summary>
    protected Device Device { get; }

    /// <summary>The node.</summary>
    internal Node Node { get; }

    /// <summary>Whether <see cref="Forward"/> adds a residual and applies an activation itself.</summary>
    internal virtual bool HasEpilogue => false;

    /// <summary>Whether <see cref="Backward"/> reads the inputs.</summary>
    internal virtual bool ReadsInputsBackward => true;

    /// <summary>Whether <see cref="Backward"/> reads the output.</summary>
    internal virtual bool ReadsOutputBackward => false;

    /// <summary>The shape of an input; a vector is a map of one pixel.</summary>
    protected FeatureMap InputShape(int index = 0) => FeatureMap.Of(_graph.ShapeOf(Node.Inputs[index]));

    /// <summary>The shape of the output.</summary>
    protected FeatureMap OutputShape => FeatureMap.Of(_graph.ShapeOf(Node.Name));

    /// <summary>Computes the output.</summary>
    internal abstract void Forward(ForwardCall call);

    /// <summary>Computes the gradients of inputs and parameters.</summary>
    internal abstract void Backward(BackwardCall call);

    /// <summary>Memory of the device with values in it, freed with the op.</summary>
    protected ArrayView<T> Upload<T>(ReadOnlySpan<T> values) where T : unmanaged => Owned(Device.Upload(values)).View;

    /// <summary>Memory of the device, freed with the op.</summary>
    protected ArrayView<float> Allocate(long count) => Owned(Device.Allocate<float>(count)).View;

    private MemoryBuffer1D<T, Stride1D.Dense> Owned<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer) where T : unmanaged
    {
        _owned.Add(buffer);
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable each in _owned)
        {
            each.Dispose();
        }
    }
}

/// <summary>What an op computes its output from.</summary>
internal sealed record ForwardCall
{
    /// <summary>Samples that are computed.</summary>
    internal required int Samples { get; init; }

    /// <summary>The inputs, for these samples.</summary>
    internal required ArrayView<float>[] Inputs { get; init; }

    /// <summary>The output.</summary>
    internal required ArrayView<float> Output { get; init; }

    /// <summary>Parameters and buffers by role; empty where the op has no such role.</summary>
    internal required Func<string, ArrayView<float>> Parameter { get; init; }

    /// <summary>Changes whenever parameters have changed: what is made of them is made anew.</summary>
    internal required long Version { get; init; }

    /// <summary>What is added before the activation; empty for nothing.</summary>
    internal ArrayView<float> Residual { get; init; }

    /// <summary>The activation of the output.</summary>
    internal DeviceActivation Activation { get; init; }

    /// <summary>Whether running statistics stay as they are; in training.</summary>
    internal bool KeepsStatistics { get; init; }

    /// <summary>Which samples there are, and the random choices; in training.</summary>
    internal PassRows? Pass { get; init; }

    /// <summary>The node with its samples; in training.</summary>
    internal TrainedNode? Trained { get; init; }
}

/// <summary>What an op computes gradients from, and where they go.</summary>
internal sealed record BackwardCall
{
    /// <summary>The forward pass's call.</summary>
    internal required ForwardCall Forward { get; init; }

    /// <summary>The gradient of the output.</summary>
    internal required ArrayView<float> Gradient { get; init; }

    /// <summary>Where the gradient of an input goes.</summary>
    internal required GradientTarget[] InputGradients { get; init; }

    /// <summary>Where the gradient of a parameter is added, by role; empty where it is not needed.</summary>
    internal required Func<string, ArrayView<float>> ParameterGradient { get; init; }

    /// <summary>Samples that were computed.</summary>
    internal int Samples => Forward.Samples;
}
