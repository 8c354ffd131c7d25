using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A batch norm in training: the statistics of the batch, which also change the running ones.</summary>
internal sealed class TrainedBatchNormOp : NormOp
{
    private readonly BatchNorm _op;
    private readonly ArrayView<float> _mean, _variance; // of the last forward pass

    internal TrainedBatchNormOp(Device device, Graph graph, Node node) : base(device, graph, node)
    {
        _op = (BatchNorm)node.Op;
        (_mean, _variance) = (Allocate(_op.Channels), Allocate(_op.Channels));
    }

    internal override void Forward(ForwardCall call)
    {
        Statistics statistics = StatisticsOf(call.Samples);
        Normalization.Moments(Device, call.Inputs[0], statistics);
        if (_op.RunningStatistics && !call.KeepsStatistics)
        {
            RunningStatistics.Update(
                Device, statistics, (float)_op.Momentum, call.Parameter("running_mean"), call.Parameter("running_var"), call.Parameter("num_batches_tracked"));
        }

        Normalization.Run(Device, call, OutputShape, statistics);
    }

    internal override void Backward(BackwardCall call)
    {
        Statistics statistics = StatisticsOf(call.Samples);
        ArrayView<float> sums = ChannelSums(call, statistics);
        InputGradient(call, statistics, sums, areWeighted: false);
        AddParameterGradients(call, sums);
    }

    private Statistics StatisticsOf(int samples) => new(_mean, _variance, Sets.Channels(samples, OutputShape), (float)_op.Epsilon);
}
