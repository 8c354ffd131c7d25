namespace Espalier.Formats;

/// <summary>Reads safetensors files strictly: any violation of the format is an error.</summary>
/// <remarks>
/// The tensors of a file are read when they are used. Replacing the file by renaming, as <see cref="AtomicFile"/> does, or deleting it is safe until then; if it is overwritten or shortened in
/// place, using a tensor that was not read yet throws a <see cref="MalformedInputException"/>.
/// A tensor in memory that is not aligned to its element size is copied into aligned memory.
/// </remarks>
public static class SafetensorsReader
{
    /// <summary>Reads a safetensors file.</summary>
    /// <exception cref="MalformedInputException">The file violates the format or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static SafetensorsFile Read(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        return Read(path, source, limits ?? Limits.Default, source.ReadWhenUsed);
    }

    /// <summary>Reads a safetensors file from memory; the tensors refer to the given bytes.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name that error messages use for the bytes.</param>
    /// <param name="limits">Limits on what the file may require; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The bytes violate the format or exceed the limits.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Over(bytes, name, limits ?? Limits.Default);
        SafetensorsHeader header = ReadHeader(source, limits ?? Limits.Default, out long dataStart);
        return Assemble(header, name, entry =>
        {
            long start = dataStart + entry.Offset;
            return start % entry.Type.Size() == 0 ? bytes.Slice((int)start, entry.Length) : source.ReadBlock(start, entry.Length);
        });
    }

    /// <summary>Reads a file into memory, tensor by tensor, without keeping it open, because Windows does not allow replacing an open file.</summary>
    /// <exception cref="MalformedInputException">As for <see cref="Read(string, Limits?)"/>.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    internal static SafetensorsFile ReadDetached(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        return Read(path, source, limits ?? Limits.Default, (offset, length) => source.ReadBlock(offset, length));
    }

    /// <summary>Reads only a file's <c>__metadata__</c>.</summary>
    /// <exception cref="MalformedInputException">The header violates the format or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadMetadata(string path, Limits? limits = null)
    {
        using ByteSource source = ByteSource.Open(path, limits ?? Limits.Default);
        return ReadHeader(source, limits ?? Limits.Default, out _).Metadata;
    }

    /// <summary>Whether a file's first bytes are those of a safetensors file: a JSON object after an eight-byte length.</summary>
    internal static bool Begins(ReadOnlySpan<byte> start) => start.Length > SafetensorsHeader.LengthBytes && start[SafetensorsHeader.LengthBytes] == (byte)'{';

    private static SafetensorsHeader ReadHeader(ByteSource source, in Limits limits, out long dataStart)
    {
        if (source.Length < SafetensorsHeader.LengthBytes)
        {
            throw source.Malformed(source.Length, "truncated: a safetensors file begins with an 8-byte length");
        }

        int length = SafetensorsHeader.RequireLength(source.Name, (ulong)source.ReadInt64(0), source.Length, limits);
        byte[] json = new byte[length];
        source.Read(SafetensorsHeader.LengthBytes, json);
        dataStart = SafetensorsHeader.LengthBytes + length;
        return SafetensorsHeader.Parse(source.Name, json, source.Length - dataStart, limits);
    }

    private static SafetensorsFile Read(string path, ByteSource source, in Limits limits, Func<long, int, ReadOnlyMemory<byte>> locate)
    {
        try
        {
            SafetensorsHeader header = ReadHeader(source, limits, out long dataStart);
            return Assemble(header, source.Name, entry => locate(dataStart + entry.Offset, entry.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(path, error);
        }
    }

    private static SafetensorsFile Assemble(SafetensorsHeader header, string source, Func<SafetensorsEntry, ReadOnlyMemory<byte>> locate)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>(header.Entries.Count);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            ReadOnlyMemory<byte> bytes = locate(entry);
            TensorBytes.RequireBooleans(entry.Type, bytes, source, entry.Name);
            tensors.Add(new(entry.Name, Tensor.Over(entry.Shape, entry.Type, bytes)));
        }

        return new SafetensorsFile(new StateDict(tensors), header.Metadata) { Unreadable = header.Unreadable };
    }
}
