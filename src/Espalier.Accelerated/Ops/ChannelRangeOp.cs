using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>A range of the channels, or channels of zeros around the input's: each sample of the output is a range of the input's sample.</summary>
internal sealed class ChannelRangeOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private int First => InputShape().Pixels * (Node.Op is ChannelSlice slice ? slice.Start : -((PadChannels)Node.Op).Before);

    internal override void Forward(ForwardCall call) => Layouts.Move(
        Device, call.Samples, new Layouts.Range(call.Inputs[0], InputShape().Length, First), new Layouts.Range(call.Output, OutputShape.Length, 0), OutputShape.Length);

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            var to = new Layouts.Range(target.View, InputShape().Length, 0);
            Layouts.Move(Device, call.Samples, new Layouts.Range(call.Gradient, OutputShape.Length, -First), to, InputShape().Length, target.Adds != 0);
        }
    }
}
