using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>A range of the channels, or channels of zeros around the input's: each sample of the output is a range of the input's sample.</summary>
internal sealed class ChannelRangeOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private int First => InputShape().Pixels * (Node.Op switch
    {
        ChannelSlice slice => slice.Start,
        PadChannels pad => -pad.Before,
        _ => 0,
    });

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

/// <summary>Inputs one after the other.</summary>
internal sealed class ConcatOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override void Forward(ForwardCall call)
    {
        int first = 0;
        for (int i = 0; i < call.Inputs.Length; i++)
        {
            int length = InputShape(i).Length;
            Layouts.Move(Device, call.Samples, new Layouts.Range(call.Inputs[i], length, 0), new Layouts.Range(call.Output, OutputShape.Length, first), length);
            first += length;
        }
    }

    internal override void Backward(BackwardCall call)
    {
        int first = 0;
        for (int i = 0; i < call.InputGradients.Length; i++)
        {
            int length = InputShape(i).Length;
            if (call.InputGradients[i] is { IsNeeded: true } target)
            {
                var from = new Layouts.Range(call.Gradient, OutputShape.Length, first);
                Layouts.Move(Device, call.Samples, from, new Layouts.Range(target.View, length, 0), length, target.Adds != 0);
            }

            first += length;
        }
    }
}

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
