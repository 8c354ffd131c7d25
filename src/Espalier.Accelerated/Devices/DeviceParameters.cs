using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>A model's parameters and buffers in a device's memory, as float32.</summary>
internal sealed class DeviceParameters : IDisposable
{
    private readonly Dictionary<string, MemoryBuffer1D<float, Stride1D.Dense>> _values = new(StringComparer.Ordinal);

    internal DeviceParameters(Device device, Model model)
    {
        foreach ((string name, Parameter parameter) in QuantizedLayer.InFloat(model.Graph, model.Parameters))
        {
            _values[name] = device.Upload(parameter.Effective.To(ElementType.Float32).Read<float>());
        }
    }

    /// <summary>The parameter of a name.</summary>
    internal ArrayView<float> this[string name] => _values[name].View;

    /// <summary>The parameters of a node by role; empty where its op has no such role.</summary>
    internal Func<string, ArrayView<float>> Of(Node node) => role => node.Op.Parameters.Any(spec => spec.Role == role) ? this[node.Parameter(role)] : default;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBuffer1D<float, Stride1D.Dense> each in _values.Values)
        {
            each.Dispose();
        }
    }
}
