using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>An activation by itself.</summary>
internal sealed class ActivationDeviceOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly DeviceActivation _activation = new(((ActivationOp)node.Op).Activation);

    internal override void Forward(ForwardCall call) => Elementwise.Activate(Device, call.Inputs[0], _activation, call.Output);

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Elementwise.ActivationGradient(Device, call.Forward.Inputs[0], _activation, call.Gradient, target);
        }
    }
}
