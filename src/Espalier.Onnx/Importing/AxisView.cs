using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>A part of an axis of a value: positions <c>i·Stride</c> for i below <paramref name="Extent"/>. The batch axis is one, of an extent that is left open.</summary>
/// <param name="Axis">0 for channels or features, 1 for rows, 2 for columns, <see cref="AxisView.BatchAxis"/> for the batch.</param>
/// <param name="Extent">Number of positions; at least 2 except for the batch, since parts of one position are left out.</param>
/// <param name="Stride">Distance between neighbouring positions, in elements of the axis.</param>
internal readonly record struct AxisPart(int Axis, int Extent, int Stride)
{
    /// <summary>Whether it is the batch axis.</summary>
    internal bool IsBatch => Axis == AxisView.BatchAxis;
}

/// <summary>How the axes of an ONNX tensor relate to those of a value here: each is a sequence of parts, the first varying slowest.</summary>
/// <remarks>
/// Reshape, Transpose, Squeeze, Unsqueeze and Flatten only change the view, so that what cancels out leaves no trace: NHWC layouts around a convolution, a flatten by shape arithmetic, or the three nodes of a
/// channel shuffle. An op that computes something demands a certain view.
/// </remarks>
/// <param name="Dims">For each axis of the ONNX tensor its parts.</param>
internal sealed record AxisView(ImmutableArray<ImmutableArray<AxisPart>> Dims)
{
    /// <summary>The number that stands for the batch axis.</summary>
    internal const int BatchAxis = -1;

    private static readonly AxisPart s_batch = new(BatchAxis, 1, 0);

    /// <summary>Number of axes.</summary>
    internal int Rank => Dims.Length;

    /// <summary>The parts of all axes, in order.</summary>
    internal IEnumerable<AxisPart> Parts => Dims.SelectMany(dim => dim);

    /// <summary>The batch axis, then each axis of a sample.</summary>
    internal static AxisView Natural(Shape sample) => new([[s_batch], .. sample.Extents.Select((extent, axis) => Whole(axis, extent))]);

    /// <summary>The parts of a whole axis.</summary>
    internal static ImmutableArray<AxisPart> Whole(int axis, int extent) => extent == 1 ? [] : [new AxisPart(axis, extent, 1)];

    /// <summary>The extents of the ONNX tensor.</summary>
    internal Element[] Extents() => [.. Dims.Select(dim => new Element(dim.Aggregate(1.0, (product, part) => product * part.Extent), dim.Any(part => part.IsBatch)))];

    /// <summary>The extents as text, such as <c>N x 64 x 56 x 56</c>.</summary>
    public override string ToString() => string.Join(" x ", Extents());

    /// <summary>Whether both have the same parts on each axis.</summary>
    public bool Equals(AxisView? other) => other is not null && Rank == other.Rank && Dims.Zip(other.Dims).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override int GetHashCode() => Rank;

    /// <summary>Whether the batch axis is an axis of its own, the first.</summary>
    internal bool StartsWithBatch => Rank > 0 && Dims[0] is [{ IsBatch: true }];

    /// <summary>Whether an axis is exactly one whole axis of the sample.</summary>
    internal bool IsWhole(int dim, int axis, Shape sample) => Dims[dim].SequenceEqual(Whole(axis, sample[axis]));

    /// <summary>Permutes the axes.</summary>
    internal AxisView Transpose(int[] order) => new([.. order.Select(axis => Dims[axis])]);

    /// <summary>Adds axes of one position.</summary>
    /// <exception cref="UnsupportedNodeException">There is no such axis.</exception>
    internal AxisView Unsqueeze(int[] axes)
    {
        ImmutableArray<ImmutableArray<AxisPart>> dims = Dims;
        foreach (int axis in axes.Select(axis => ConstantFolding.Axis(axis, Rank + axes.Length)).Order())
        {
            dims = axis <= dims.Length ? dims.Insert(axis, []) : throw new UnsupportedNodeException($"it has no axis {axis}");
        }

        return new AxisView(dims);
    }

    /// <summary>Removes axes of one position: the named ones, or all.</summary>
    /// <exception cref="UnsupportedNodeException">An axis has more than one.</exception>
    internal AxisView Squeeze(int[]? axes)
    {
        HashSet<int> gone = axes is null ? [.. Enumerable.Range(0, Rank).Where(dim => Dims[dim].IsEmpty)] : [.. axes.Select(axis => ConstantFolding.Axis(axis, Rank))];
        return gone.All(dim => Dims[dim].IsEmpty)
            ? new AxisView([.. Dims.Where((_, dim) => !gone.Contains(dim))])
            : throw new UnsupportedNodeException($"it removes an axis of {this} that has more than one position");
    }

    /// <summary>Joins the axes before and from an axis on into two.</summary>
    internal AxisView Flatten(int axis) => new([Joined(Dims[..axis]), Joined(Dims[axis..])]);

    /// <summary>Joins the parts of consecutive axes, and neighbouring parts of one axis.</summary>
    internal static ImmutableArray<AxisPart> Joined(IEnumerable<ImmutableArray<AxisPart>> dims)
    {
        var parts = ImmutableArray.CreateBuilder<AxisPart>();
        foreach (AxisPart part in dims.SelectMany(dim => dim))
        {
            if (parts.Count > 0 && !part.IsBatch && parts[^1].Axis == part.Axis && parts[^1].Stride == (long)part.Extent * part.Stride)
            {
                parts[^1] = new AxisPart(part.Axis, parts[^1].Extent * part.Extent, part.Stride);
            }
            else
            {
                parts.Add(part);
            }
        }

        return parts.ToImmutable();
    }

    /// <summary>The same elements in the same order with other extents, at most one of them −1, or <see langword="null"/> where the parts cannot be divided so.</summary>
    /// <param name="target">The extents.</param>
    /// <param name="batchSize">The batch size that the file fixes, or <see langword="null"/>.</param>
    internal AxisView? Reshape(Element[] target, long? batchSize)
    {
        var parts = new LinkedList<AxisPart>(Parts);
        var dims = new ImmutableArray<AxisPart>?[target.Length];
        int open = Array.FindIndex(target, extent => extent is { Value: -1, IsBatch: false });
        for (int i = 0; i < target.Length && i != open; i++)
        {
            dims[i] = Take(parts, target[i], batchSize, isFront: true);
            if (dims[i] is null)
            {
                return null;
            }
        }

        for (int i = target.Length - 1; i > open && open >= 0; i--)
        {
            dims[i] = Take(parts, target[i], batchSize, isFront: false);
            if (dims[i] is null)
            {
                return null;
            }
        }

        if (open >= 0)
        {
            dims[open] = [.. parts];
            parts.Clear();
        }

        return parts.Count > 0 || Array.FindLastIndex(target, extent => extent is { Value: -1, IsBatch: false }) != open
            ? null
            : new AxisView([.. dims.Select(dim => Joined([dim!.Value]))]);
    }

    /// <summary>Takes parts from the front or the back until their positions are as many as an extent; divides the last one where that is needed.</summary>
    private static ImmutableArray<AxisPart>? Take(LinkedList<AxisPart> parts, Element extent, long? batchSize, bool isFront)
    {
        var taken = new List<AxisPart>();
        bool needsBatch = extent.IsBatch;
        double left = extent.Value;
        bool mayBeBatch = !extent.IsBatch && left == (batchSize ?? 1);
        while (left > 1 || needsBatch || mayBeBatch)
        {
            if ((isFront ? parts.First : parts.Last) is not { } node)
            {
                break;
            }

            AxisPart part = node.Value;
            if (part.IsBatch)
            {
                if (!needsBatch && left % (batchSize ?? 1) != 0)
                {
                    return null;
                }

                left = needsBatch ? left : left / (batchSize ?? 1);
                if (!needsBatch && batchSize is null && !mayBeBatch)
                {
                    return null;
                }

                needsBatch = false;
            }
            else if (left <= 1)
            {
                if (needsBatch)
                {
                    return null;
                }

                break;
            }
            else if (left % part.Extent != 0)
            {
                if (part.Extent % left != 0)
                {
                    return null;
                }

                int count = (int)left;
                int rest = part.Extent / count;
                (AxisPart outer, AxisPart inner) = isFront
                    ? (part with { Extent = count, Stride = part.Stride * rest }, part with { Extent = rest })
                    : (part with { Extent = rest, Stride = part.Stride * count }, part with { Extent = count });
                node.Value = isFront ? inner : outer;
                taken.Add(isFront ? outer : inner);
                left = 1;
                mayBeBatch = false;
                continue;
            }
            else
            {
                left /= part.Extent;
            }

            mayBeBatch = false;
            parts.Remove(node);
            taken.Add(part);
        }

        if (!isFront)
        {
            taken.Reverse();
        }

        return left == 1 && !needsBatch ? [.. taken] : null;
    }
}
