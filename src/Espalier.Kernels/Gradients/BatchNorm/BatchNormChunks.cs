namespace Espalier.Kernels;

/// <summary>How sums over a batch are divided: into chunks of whole images, and an image into pieces of whole lines. A function of the map's size only.</summary>
internal readonly struct BatchNormChunks
{
    // Pixels per chunk: combining chunks, in double and element by element, then takes a small part of the time.
    private const int ChunkPixels = 4096;

    // Vectors per piece: 16 KB at 512 bits, so that a piece stays in the first-level cache between the two passes over it.
    private const int PieceVectors = 256;

    internal BatchNormChunks(BlockedLayout layout)
    {
        int pixels = Math.Max(1, layout.Height * layout.Width);
        Images = (ChunkPixels + pixels - 1) / pixels;
        Lines = Math.Clamp(PieceVectors / Math.Max(1, layout.Width), 1, Math.Max(1, layout.Height));
        Blocks = Math.Clamp(PieceVectors / pixels, 1, Math.Max(1, layout.Blocks));
        Groups = (layout.Blocks + Blocks - 1) / Blocks;
    }

    /// <summary>Images per chunk.</summary>
    internal int Images { get; }

    /// <summary>Lines per piece.</summary>
    internal int Lines { get; }

    /// <summary>Blocks of channels summed together: several for small maps, so that memory is read in long runs.</summary>
    internal int Blocks { get; }

    /// <summary>Number of groups of that many blocks.</summary>
    internal int Groups { get; }

    /// <summary>Number of chunks of a batch.</summary>
    internal int Count(int batch) => (batch + Images - 1) / Images;

    /// <summary>The images of a chunk.</summary>
    internal (int First, int End) Range(int chunk, int batch) => (chunk * Images, Math.Min(batch, (chunk + 1) * Images));
}
