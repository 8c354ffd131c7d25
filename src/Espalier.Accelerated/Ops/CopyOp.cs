using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>The same numbers in another shape.</summary>
internal sealed class CopyOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override void Forward(ForwardCall call) => Elementwise.Pass(Device, call.Inputs[0], 1, new GradientTarget(call.Output, adds: false));

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Elementwise.Pass(Device, call.Gradient, 1, target);
        }
    }
}
