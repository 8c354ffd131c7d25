namespace Espalier.Formats;

/// <summary>A storage: the flat run of elements that one or more tensors look at.</summary>
/// <param name="Key">What the file calls it.</param>
/// <param name="Element">What each element is.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Bytes">Where they are: exactly <paramref name="Count"/> elements long.</param>
internal sealed record TorchStorage(string Key, TorchElement Element, long Count, ByteSource Bytes);
