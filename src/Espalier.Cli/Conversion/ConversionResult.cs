namespace Espalier.Cli;

/// <summary>What was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Form">Its form.</param>
/// <param name="Tensors">How many tensors it holds.</param>
internal sealed record ConversionResult(string Path, OutputFormat Form, int Tensors)
{
    /// <summary>The shape list that was written with it.</summary>
    internal string? Shapes { get; init; }

    /// <summary>Whether numbers that a mask removes were left out.</summary>
    internal bool LosesUndo { get; init; }

    internal Report Report()
    {
        long bytes = new FileInfo(Path).Length;
        return new Report(new ReportObject
        {
            { "output", Path },
            { "form", Form.Describe() },
            { "tensors", Tensors },
            { "bytes", bytes },
            { "shapes", ReportValue.IfKnown(Shapes) },
        })
        {
            Text =
            [
                $"{Path}: {Form.Describe()}, {Amount.Exact(Tensors)} tensors, {Amount.Bytes(bytes)}",
                Shapes is null ? null : $"{Shapes}: its shape list, since these weights fit no network of the zoo; 'espalier convert {Path} OUT.espalier' finds it there",
                LosesUndo ? ReportPart.Note("the weights that masks remove are left out, so this pruning can no longer be undone") : default,
            ],
        };
    }
}
