using System.Globalization;

namespace Espalier.Onnx.Tests;

/// <summary>A row of docs/results/zoo.md.</summary>
/// <param name="Name">The network's name in the zoo.</param>
/// <param name="Family">Its family there.</param>
/// <param name="Input">The shape of its input, without the batch.</param>
/// <param name="Parameters">Its trainable parameters.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates of one image.</param>
/// <param name="PyTorch">The greatest difference to PyTorch's logits, relative to the greatest of those; <see langword="null"/> where there are none.</param>
/// <param name="OnnxRuntime">The same to ONNX Runtime's.</param>
internal sealed record ReportRow(string Name, string Family, string Input, long Parameters, long MultiplyAccumulates, double? PyTorch, double? OnnxRuntime)
{
    private const string None = "–";
    private const int Columns = 7;

    /// <summary>The line of a table.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Name} | {Family} | {Input} | {Parameters:N0} | {MultiplyAccumulates:N0} | {Text(PyTorch)} | {Text(OnnxRuntime)} |");

    /// <summary>The row of a line, or <see langword="null"/> where the line is none.</summary>
    internal static ReportRow? Parse(string line)
    {
        string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
        return cells.Length == Columns + 2 && long.TryParse(cells[4], NumberStyles.Number, CultureInfo.InvariantCulture, out long parameters)
            ? new ReportRow(cells[1], cells[2], cells[3], parameters, long.Parse(cells[5], NumberStyles.Number, CultureInfo.InvariantCulture), Number(cells[6]), Number(cells[7]))
            : null;
    }

    private static string Text(double? difference) => difference is double number ? number.ToString("0.0e+0", CultureInfo.InvariantCulture) : None;

    private static double? Number(string cell) => cell == None ? null : double.Parse(cell, CultureInfo.InvariantCulture);
}
