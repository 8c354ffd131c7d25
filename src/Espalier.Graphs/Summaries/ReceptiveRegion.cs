using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The pixels of the input on which one unit of a node depends: one row and column of its feature map, in any channel.</summary>
/// <remarks>
/// Computed backwards from the unit, through every path of the graph, by the arithmetic of Araujo 2019 ("Computing receptive fields of convolutional neural networks", §3): output rows [a, b] of a window read
/// rows a·stride − padding to b·stride − padding + dilation·(kernel − 1). The region of several paths is the smallest rectangle that contains the region of each.
/// </remarks>
/// <param name="Node">The node.</param>
/// <param name="Row">The unit's row.</param>
/// <param name="Column">The unit's column.</param>
/// <param name="Field">The receptive field as a rectangle that may extend into the padding around the input: the same size for every unit of a node, except where ops read the whole map.</param>
/// <param name="Inside">The smallest rectangle of the input that contains every pixel on which the unit depends; <see langword="null"/> for a unit that depends on padding alone.</param>
public sealed record ReceptiveRegion(string Node, int Row, int Column, PixelBox Field, PixelBox? Inside)
{
    /// <summary>The region of one unit.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="node">The node; a vector is a map of one unit.</param>
    /// <param name="row">The unit's row in the node's map.</param>
    /// <param name="column">The unit's column.</param>
    /// <exception cref="GraphException">There is no such node, or it has no such unit.</exception>
    public static ReceptiveRegion Of(Graph graph, string node, int row, int column)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Size size = SizeOf(graph, graph[node].Name);
        if (row < 0 || column < 0 || row >= size.Height || column >= size.Width)
        {
            GraphException.Throw(node, FormattableString.Invariant($"has a map of {size}, so there is no unit in row {row}, column {column}; rows and columns count from 0"));
        }

        (AxisRegion rows, AxisRegion columns) = Walk(graph, node, row, column);
        PixelBox? inside = rows.Inside is (int top, int bottom) && columns.Inside is (int left, int right) ? new PixelBox(top, left, bottom + 1L, right + 1L) : null;
        return new ReceptiveRegion(node, row, column, new PixelBox(rows.First, columns.First, rows.Last + 1, columns.Last + 1), inside);
    }

    private static (AxisRegion Rows, AxisRegion Columns) Walk(Graph graph, string node, int row, int column)
    {
        Size unit = SizeOf(graph, node);
        var regions = new Dictionary<string, (AxisRegion Rows, AxisRegion Columns)>(StringComparer.Ordinal)
        {
            [node] = (AxisRegion.Unit(row, unit.Height), AxisRegion.Unit(column, unit.Width)),
        };
        foreach (Node reader in graph.Nodes.Reverse().Where(reader => regions.ContainsKey(reader.Name)))
        {
            (AxisRegion rows, AxisRegion columns) = regions[reader.Name];
            Size size = SizeOf(graph, reader.Name);
            foreach (string input in reader.Inputs.Distinct())
            {
                Size from = SizeOf(graph, input);
                AxisRegion top = rows.Through(reader.Op, from.Height, size.Height, isRow: true), left = columns.Through(reader.Op, from.Width, size.Width, isRow: false);
                if (top.Inside is null || left.Inside is null)
                {
                    (top, left) = (top.InPadding(), left.InPadding()); // of rows of padding no column is read
                }

                regions[input] = regions.TryGetValue(input, out (AxisRegion Rows, AxisRegion Columns) other) ? (other.Rows.Union(top), other.Columns.Union(left)) : (top, left);
            }
        }

        return regions[graph.Input.Name];
    }

    private static Size SizeOf(Graph graph, string node) => FeatureMap.Of(graph.ShapeOf(node)).Size;
}
