namespace Espalier.Formats;

/// <summary>Recognizes files that people take for checkpoints and that are something else, by their first bytes.</summary>
internal static class OtherFiles
{
    /// <summary>The number of first bytes that <see cref="Describe"/> needs.</summary>
    internal const int StartBytes = 64;

    /// <summary>What the file is and what can be done, such as <c>a Git LFS pointer …</c>; <see langword="null"/> for a file of no such kind.</summary>
    internal static string? Describe(ReadOnlySpan<byte> start) =>
        start.StartsWith("version https://git-lfs.github.com/"u8) ? "a Git LFS pointer, which stands for a file that was not downloaded; 'git lfs pull' in its repository gets the file"
        : IsHtml(start) ? "an HTML page, such as a server sends with an error or a login; download the file itself, not the page about it"
        : start is [0x1F, 0x8B, ..] ? "compressed with gzip; unpack it first ('gunzip', or 'tar xzf' for an archive)"
        : start.StartsWith("BZh"u8) ? "compressed with bzip2; unpack it first ('bunzip2', or 'tar xjf' for an archive)"
        : start is [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] ? "compressed with xz; unpack it first ('unxz', or 'tar xJf' for an archive)"
        : start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "compressed with Zstandard; unpack it first ('unzstd')"
        : start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) ? "an HDF5 file, as of Keras; load it there and save its weights with PyTorch or safetensors"
        : start.StartsWith("GGUF"u8) ? "a GGUF file; save the weights with PyTorch or safetensors"
        : null;

    private static bool IsHtml(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start).TrimStart(" \t\r\n"u8);
        return StartsWithIgnoringCase(text, "<!doctype html"u8) || StartsWithIgnoringCase(text, "<html"u8) || StartsWithIgnoringCase(text, "<head"u8);
    }

    private static bool StartsWithIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(text[..word.Length], word);
}
