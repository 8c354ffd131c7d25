namespace Espalier.Cli;

/// <summary>The result of a conversion.</summary>
/// <param name="Path">The file that was written.</param>
/// <param name="Form">Its format.</param>
/// <param name="Tensors">The number of tensors in it.</param>
internal sealed record ConversionResult(string Path, OutputFormat Form, int Tensors)
{
    /// <summary>The path of the shape list that was written with it, or <see langword="null"/>.</summary>
    internal string? Shapes { get; init; }

    /// <summary>Whether the weights fit the network of the zoo that their model names, so that the list was written only because --shapes is given.</summary>
    internal bool IsOfZoo { get; init; }

    /// <summary>Blocks whose weights the authors' PyTorch code stores in another way.</summary>
    internal bool HasWholeKernels { get; init; }

    /// <summary>Whether masks are not kept, so that pruning can no longer be undone.</summary>
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
                Shapes is null ? null : $"{Shapes}: its shape list{(IsOfZoo ? "" : ", since these weights match no network of the zoo")}; 'espalier convert {Path} OUT.espalier' reads it from there",
                HasWholeKernels ? ReportPart.Note("idconv1.weight of the diverse branch blocks is the whole 1x1 kernel; the code of DBB's authors expects it minus the identity, and its norms under bn1.bn and bn.bn") : default,
                LosesUndo ? ReportPart.Note("masks are not kept, so this pruning can no longer be undone") : default,
            ],
        };
    }
}
