namespace Espalier.Formats;

/// <summary>Reads safetensors files strictly: what the format forbids is an error, not a guess.</summary>
/// <remarks>
/// A file is mapped into memory, so that reading costs nothing until numbers are used; files of more than 2 GiB are mapped tensor by tensor.
/// As long as its tensors are in use, the file must not be shortened in place (replacing it, as <see cref="AtomicFile"/> does, is fine).
/// A tensor that does not lie on a multiple of its element's size is copied to where it does.
/// </remarks>
public static class SafetensorsReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="MalformedInputException">The file breaks a rule of the format, or asks for more than the limits grant.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static SafetensorsFile Read(string path, Limits? limits = null)
    {
        Limits chosen = limits ?? Limits.Default;
        using ByteSource source = ByteSource.Open(path, chosen);
        try
        {
            if (source.Length <= int.MaxValue)
            {
                return Read(MappedFile.Map(path, 0, (int)source.Length), source.Name, chosen);
            }

            SafetensorsHeader header = ReadHeader(source, chosen, out long dataStart);
            return Assemble(header, source.Name, dataStart, entry => MappedFile.Map(path, dataStart + entry.Offset, entry.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a file's bytes; the tensors lie in them.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="limits">How much it may ask for.</param>
    /// <exception cref="MalformedInputException">As for a file.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Over(bytes, name, limits ?? Limits.Default);
        SafetensorsHeader header = ReadHeader(source, limits ?? Limits.Default, out long dataStart);
        return Assemble(header, name, dataStart, entry => bytes.Slice((int)(dataStart + entry.Offset), entry.Length));
    }

    /// <summary>Reads a file into memory, tensor by tensor, so that nothing of it stays mapped: Windows forbids to replace a file that is.</summary>
    /// <exception cref="MalformedInputException">As for <see cref="Read(string, Limits?)"/>.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    internal static SafetensorsFile ReadDetached(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        try
        {
            SafetensorsHeader header = ReadHeader(source, limits ?? Limits.Default, out long dataStart);
            return Assemble(header, source.Name, dataStart, entry => source.ReadBlock(dataStart + entry.Offset, entry.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a file's <c>__metadata__</c> alone.</summary>
    /// <exception cref="MalformedInputException">As for the whole file.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadMetadata(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        return ReadHeader(source, limits ?? Limits.Default, out _).Metadata;
    }

    /// <summary>Whether a file that begins so is meant to be one: a JSON object behind an eight-byte length.</summary>
    internal static bool Begins(ReadOnlySpan<byte> start) => start.Length > SafetensorsHeader.LengthBytes && start[SafetensorsHeader.LengthBytes] == (byte)'{';

    private static SafetensorsHeader ReadHeader(ByteSource source, in Limits limits, out long dataStart)
    {
        if (source.Length < SafetensorsHeader.LengthBytes)
        {
            throw source.Malformed(source.Length, "truncated: a safetensors file begins with 8 bytes of length");
        }

        int length = SafetensorsHeader.RequireLength(source.Name, (ulong)source.ReadInt64(0), source.Length, limits);
        byte[] json = new byte[length];
        source.Read(SafetensorsHeader.LengthBytes, json);
        dataStart = SafetensorsHeader.LengthBytes + length;
        return SafetensorsHeader.Parse(source.Name, json, source.Length - dataStart, limits);
    }

    private static SafetensorsFile Assemble(SafetensorsHeader header, string source, long dataStart, Func<SafetensorsEntry, ReadOnlyMemory<byte>> locate)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>(header.Entries.Count);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            ReadOnlyMemory<byte> bytes = locate(entry);
            TensorBytes.RequireBooleans(entry.Type, bytes, source, entry.Name);
            bool aligned = (dataStart + entry.Offset) % entry.Type.Size() == 0; // a file is mapped at a page's start
            tensors.Add(new(entry.Name, Tensor.Over(entry.Shape, entry.Type, aligned ? bytes : Copy(bytes))));
        }

        return new SafetensorsFile(new StateDict(tensors), header.Metadata);
    }

    private static Memory<byte> Copy(ReadOnlyMemory<byte> bytes)
    {
        Memory<byte> copy = AlignedMemory.Allocate<byte>(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }
}
