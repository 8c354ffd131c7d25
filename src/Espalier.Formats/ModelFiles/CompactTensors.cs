namespace Espalier.Formats;

/// <summary>Reads the parameters of a compact model file.</summary>
internal static class CompactTensors
{
    /// <summary>The sparse forms by parameter name; their parts are checked against each other without expanding them.</summary>
    public static Dictionary<string, SparseForm> Read(IReadOnlyList<CompactTensor> compact, StateDict tensors, string source, in Limits limits)
    {
        var forms = new Dictionary<string, SparseForm>(compact.Count);
        long bytes = tensors.Sum(tensor => (long)tensor.Value.Bytes.Length);
        foreach (CompactTensor tensor in compact)
        {
            int size = tensors.TryGet(tensor.ValuesName, out Tensor? values) && values.Type == ElementType.Int8 ? sizeof(sbyte) : sizeof(float);
            long dense = TensorBytes.Length([.. tensor.Shape.Extents.Select(e => (long)e)], size, int.MaxValue)
                ?? throw Error(source, tensor, $"has the shape {tensor.Shape}, more than the {int.MaxValue:N0} bytes that one tensor can have");
            bytes += dense;
            if (bytes > limits.TensorBytes)
            {
                throw Error(source, tensor, $"brings the tensors to {bytes:N0} bytes once they are unpacked; the limit is {limits.TensorBytes:N0}");
            }

            if (!forms.TryAdd(tensor.Name, Form(tensor, tensors, source)))
            {
                throw Error(source, tensor, "is listed twice");
            }
        }

        return forms;
    }

    private static SparseForm Form(CompactTensor tensor, StateDict tensors, string source)
    {
        if (tensors.TryGet(tensor.Name, out _))
        {
            throw Error(source, tensor, "is stored both compactly and in full");
        }

        if (!tensors.TryGet(tensor.BitsName, out Tensor? bits) || !tensors.TryGet(tensor.ValuesName, out Tensor? values))
        {
            throw Error(source, tensor, $"lacks '{PickleText.Clean(tensor.BitsName)}' or '{PickleText.Clean(tensor.ValuesName)}'");
        }

        try
        {
            return new SparseForm(tensor.Shape, bits, values);
        }
        catch (ArgumentException error)
        {
            throw Error(source, tensor, $"is damaged: {error.Message}");
        }
    }

    private static MalformedInputException Error(string source, CompactTensor tensor, string problem) =>
        new(source, null, $"the compact tensor '{PickleText.Clean(tensor.Name)}' {problem}");
}
