using System.Globalization;
using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

/// <summary>Output sizes against PyTorch's, from Oracle/window_sizes.py.</summary>
public sealed class WindowOracleTests
{
    [Fact]
    public void Windows_slide_as_far_as_PyTorch_has_it_on_either_axis()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Here(), "Oracle/window_sizes.tsv"));
        Assert.True(lines.Length > 300, "the table is nearly empty");
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split('\t');
            int[] n = [.. cells[1..7].Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            Assert.True(cells[7] == Output(cells[0], n, rows: true), $"rows: {line}, found {Output(cells[0], n, rows: true)}");
            Assert.True(cells[7] == Output(cells[0], n, rows: false), $"columns: {line}, found {Output(cells[0], n, rows: false)}");
        }
    }

    private static string Output(string kind, int[] n, bool rows)
    {
        Size At(int value, int other) => rows ? new Size(value, other) : new Size(other, value);
        var (kernel, stride, padding, dilation) = (At(n[1], 1), At(n[2], 1), (Padding)At(n[3], 0), At(n[4], 1));
        Op op = kind switch
        {
            "conv2d" => new Conv2d(1, 1, kernel) { Stride = stride, Padding = padding, Dilation = dilation },
            "max_pool" => new MaxPool(kernel) { Stride = stride, Padding = padding, Dilation = dilation, CeilMode = n[5] == 1 },
            _ => new AveragePool(kernel) { Stride = stride, Padding = padding, CeilMode = n[5] == 1 },
        };
        Size extents = At(n[0], 40);
        try
        {
            Shape shape = op.Infer(new OpInputs("op", [[1, extents.Height, extents.Width]]));
            return shape[rows ? 1 : 2].ToString(CultureInfo.InvariantCulture);
        }
        catch (GraphException)
        {
            return "refused";
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
