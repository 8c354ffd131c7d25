using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Checks that a norm has enough values to compute statistics from.</summary>
/// <remarks>
/// The variance of a single value is 0: the norm's output would then be its bias whatever the input, and a running variance would approach 0 without an error.
/// PyTorch 1.13 rejects the same cases: batch norm where batch x pixels is 1, group norm where batch x channels of a group x pixels is 1, each with
/// "ValueError: Expected more than 1 value per channel when training, got input size …". Running statistics need no such rule. PyTorch also applies
/// it to group norm at inference, where the result for an image would then depend on whether others are in its batch; here it applies to training only.
/// </remarks>
internal static class BatchStatistics
{
    /// <summary>Whether a norm would compute its statistics from a single value.</summary>
    /// <param name="norm">Any op; <see langword="false"/> for ops without statistics.</param>
    /// <param name="sample">The shape of one sample of its input.</param>
    /// <param name="samples">Number of samples that it processes at once.</param>
    public static bool IsSingleValue(Op norm, Shape sample, int samples)
    {
        ArgumentNullException.ThrowIfNull(norm);
        return norm.Type switch
        {
            OpType.BatchNorm => samples * sample.Count == ((BatchNorm)norm).Channels,
            OpType.GroupNorm => samples * sample.Count == ((GroupNorm)norm).Groups,
            OpType.LayerNorm => false, // its values are the channels, whose number depends on neither batch nor image; PyTorch allows a single one
            OpType.LocalResponseNorm or OpType.Affine or OpType.Quantize => false,
            OpType.Input or OpType.Conv2d or OpType.Linear or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat
                or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten or OpType.MaxPool or OpType.AveragePool or OpType.AdaptiveAveragePool
                or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu or OpType.RadixSoftmax
                or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => false,
        };
    }

    /// <summary>Throws if a network cannot be run because a batch norm has no running statistics.</summary>
    /// <exception cref="EspalierException">The first such norm, and the remedy.</exception>
    public static void RequireRunning(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Nodes.FirstOrDefault(node => node.Op is BatchNorm { RunningStatistics: false }) is Node norm)
        {
            throw new EspalierException(
                $"'{norm.Name}' is a batch norm without running statistics: it trains, but at inference an answer would depend on the other samples of the batch. "
                + "Compute statistics from data (RunningStatistics.Compute), or give the network a checkpoint that has them.");
        }
    }

    /// <summary>Throws if a norm would compute its statistics from a single value.</summary>
    /// <param name="norm">The norm; not a batch norm that uses its running statistics.</param>
    /// <param name="sample">The shape of one sample of its input.</param>
    /// <param name="samples">Number of samples that it processes at once.</param>
    /// <param name="batch">Number of samples in the batch: more than <paramref name="samples"/> where stochastic depth computes the norm for some of them.</param>
    /// <param name="where">When it happens, such as " at step 7", for the message; may be empty.</param>
    /// <exception cref="EspalierException">There is only one value; the message has PyTorch's sentence and the remedies.</exception>
    public static void Require(Node norm, Shape sample, int samples, int batch, string where = "")
    {
        ArgumentNullException.ThrowIfNull(norm);
        if (IsSingleValue(norm.Op, sample, samples))
        {
            string drawn = samples < batch ? $", for stochastic depth drops its branch for all others of the {batch} samples" : "";
            string draws = samples < batch ? ", one draw for the whole batch (not row by row)" : "";
            string last = norm.Op is BatchNorm ? "frozen statistics" : "fewer groups";
            throw new EspalierException(
                $"{norm.Name}: expected more than 1 value per channel when training, got input size {sample.Prepend(samples)}{where}{drawn}; a larger batch, fewer parts of it (accumulation), larger images{draws} or {last} give it more");
        }
    }
}
