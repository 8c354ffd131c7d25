using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>Channels as a matrix of groups that is transposed.</summary>
internal sealed class ChannelShuffleOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private readonly int _groups = ((ChannelShuffle)node.Op).Groups;

    private int Each => InputShape().Channels / _groups;

    internal override void Forward(ForwardCall call) => Layouts.Shuffle(Device, call.Inputs[0], _groups, Each, InputShape().Pixels, new GradientTarget(call.Output, adds: false));

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Layouts.Shuffle(Device, call.Gradient, Each, _groups, InputShape().Pixels, target);
        }
    }
}
