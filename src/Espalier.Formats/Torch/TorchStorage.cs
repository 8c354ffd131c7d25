namespace Espalier.Formats;

/// <summary>A storage: a flat array of elements that one or more tensors refer to.</summary>
/// <param name="Key">The storage's key in the file.</param>
/// <param name="Element">The element type.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Bytes">The bytes, exactly <paramref name="Count"/> elements.</param>
internal sealed record TorchStorage(string Key, TorchElement Element, long Count, ByteSource Bytes);
