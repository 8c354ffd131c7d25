using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A model's parameters and buffers in a device's memory, as float32.</summary>
internal sealed class DeviceParameters : IDisposable
{
    private readonly DeviceBlock _block;

    internal DeviceParameters(Device device, Model model)
    {
        Parameters parameters = QuantizedLayer.InFloat(model.Graph, model.Parameters);
        _block = new DeviceBlock(device, parameters.Select(parameter => (parameter.Key, parameter.Value.Value.Shape.Count)));
        foreach ((string name, Parameter parameter) in parameters)
        {
            parameter.Effective.To(ElementType.Float32).Read<float>().CopyTo(_block.Staged(name));
        }

        _block.Upload();
    }

    /// <summary>The parameters of a node by role; empty where its op has no such role.</summary>
    internal Func<string, ArrayView<float>> Of(Node node) => Of(_block, node);

    /// <summary>The numbers of a node's parameters in a block by role; empty where its op has no such role, or the block not such a name.</summary>
    internal static Func<string, ArrayView<float>> Of(DeviceBlock block, Node node) => role =>
        node.Op.Parameters.Any(spec => spec.Role == role) && block.Has(node.Parameter(role)) ? block[node.Parameter(role)] : default;

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
