using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The layouts of a plan's values, those in floating point or those in 8-bit integers: blocks of channels, borders, and which are parts of concats.</summary>
internal sealed class PlanMemory
{
    private readonly Graph _graph;
    private readonly int _lanes;
    private readonly IReadOnlyDictionary<string, int> _images;
    private readonly bool _isInteger;
    private readonly IReadOnlyDictionary<string, ConcatSlice> _slices;
    private readonly IReadOnlyDictionary<string, Padding> _borders;
    private readonly Dictionary<string, PlanValue> _wholes = new(StringComparer.Ordinal);

    /// <summary>Creates the layouts.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="lanes">Channels per block.</param>
    /// <param name="written">The values that a step writes and that may be parts of a concat.</param>
    /// <param name="readers">The nodes whose kernels read the values.</param>
    /// <param name="images">Images of a few channels, with the channels of their blocks: three channels in blocks of 16 would use a fifth of their memory. Dense convolutions can read narrower blocks.</param>
    /// <param name="isInteger">Whether the values are 8-bit integers.</param>
    internal PlanMemory(Graph graph, int lanes, IReadOnlySet<string> written, IReadOnlyCollection<Node> readers, IReadOnlyDictionary<string, int> images, bool isInteger)
    {
        (_graph, _lanes, _images, _isInteger) = (graph, lanes, images, isInteger);
        _slices = ConcatSlices.Of(graph, written, readers.Where(node => node.Op is Concat), lanes);
        _borders = ConcatSlices.Unite(BorderNeeds.Of(graph, readers), _slices);
    }

    /// <summary>Whether an image can be in blocks of 4 channels.</summary>
    internal static bool IsImage(Graph graph, string name) =>
        FeatureMap.Of(graph.ShapeOf(name)).Channels <= InstructionSet.Vector128Bit.Lanes && !graph.Outputs.Contains(name) && graph.UsersOf(name).All(user => user.Op is Conv2d { Groups: 1 });

    /// <summary>A new place for a value, in the memory of the concat that it is a part of.</summary>
    internal PlanValue Place(string name)
    {
        if (!_slices.TryGetValue(name, out ConcatSlice? slice))
        {
            return Whole(name);
        }

        PlanValue whole = Whole(slice.Whole);
        BlockedLayout layout = LayoutOf(name);
        return Value(name, layout with { ImageBlocks = whole.Layout.Blocks }) with { Whole = whole, Start = slice.FirstBlock * layout.BlockStride };
    }

    // The memory of a concat that others are parts of is allocated with the first of them.
    private PlanValue Whole(string name)
    {
        if (!_wholes.TryGetValue(name, out PlanValue? whole))
        {
            whole = _wholes[name] = Value(name, LayoutOf(name));
        }

        return whole;
    }

    private PlanValue Value(string name, BlockedLayout layout) => new(name, layout) { IsInteger = _isInteger };

    private BlockedLayout LayoutOf(string name)
    {
        FeatureMap map = FeatureMap.Of(_graph.ShapeOf(name));
        return new BlockedLayout(map.Channels, map.Height, map.Width, _images.GetValueOrDefault(name, _lanes), _borders.GetValueOrDefault(name));
    }
}
