namespace Espalier.Cli;

/// <summary>What was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Form">Its form.</param>
/// <param name="Tensors">How many tensors it holds.</param>
internal sealed record ConversionResult(string Path, OutputForm Form, int Tensors)
{
    /// <summary>The shape list that was written with it.</summary>
    internal string? Shapes { get; init; }

    /// <summary>Whether numbers that a mask removes were left out.</summary>
    internal bool LosesUndo { get; init; }

    internal void Print(Terminal terminal, bool asJson)
    {
        long bytes = new FileInfo(Path).Length;
        if (asJson)
        {
            Json.Print(terminal, json =>
            {
                json.WriteStartObject();
                json.WriteString("output", Path);
                json.WriteString("form", Form.Describe());
                json.WriteNumber("tensors", Tensors);
                json.WriteNumber("bytes", bytes);
                if (Shapes is not null)
                {
                    json.WriteString("shapes", Shapes);
                }

                json.WriteEndObject();
            });
            return;
        }

        terminal.Out.WriteLine($"{Path}: {Form.Describe()}, {Amount.Exact(Tensors)} tensors, {Amount.Bytes(bytes)}");
        if (Shapes is not null)
        {
            terminal.Out.WriteLine($"{Shapes}: its shape list, since these weights fit no network of the zoo; 'espalier convert {Path} OUT.espalier' finds it there");
        }

        if (LosesUndo)
        {
            terminal.Note("the weights that masks remove are left out, so this pruning can no longer be undone");
        }
    }
}
