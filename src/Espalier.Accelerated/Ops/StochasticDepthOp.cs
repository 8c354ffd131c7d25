using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>A shortcut and a branch, each times its factor at inference.</summary>
internal sealed class StochasticDepthOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly (double Shortcut, double Branch) _factors = ((StochasticDepth)node.Op).InferenceFactors;

    internal override bool HasEpilogue => true;

    internal override void Forward(ForwardCall call) =>
        Elementwise.AddWeighted(Device, call.Inputs[0], (float)_factors.Shortcut, call.Inputs[1], (float)_factors.Branch, call.Activation, call.Output);

    internal override void Backward(BackwardCall call)
    {
        Pass(call, 0, _factors.Shortcut);
        Pass(call, 1, _factors.Branch);
    }

    private void Pass(BackwardCall call, int input, double factor)
    {
        if (call.InputGradients[input] is { IsNeeded: true } target)
        {
            Elementwise.Pass(Device, call.Gradient, (float)factor, target);
        }
    }
}
