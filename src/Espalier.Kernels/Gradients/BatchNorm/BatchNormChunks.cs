namespace Espalier.Kernels;

/// <summary>How sums over a batch are cut: into chunks of whole images, and an image into pieces of whole lines. A function of the map only.</summary>
internal readonly struct BatchNormChunks
{
    // Pixels: so that combining the chunks, in double and number by number, takes little of the time.
    private const int ChunkPixels = 4096;

    // Vectors: 16 KB at 512 bits, which the first-level cache keeps from the first pass over a piece to the second.
    private const int PieceVectors = 256;

    internal BatchNormChunks(BlockedLayout layout)
    {
        int pixels = Math.Max(1, layout.Height * layout.Width);
        Images = (ChunkPixels + pixels - 1) / pixels;
        Lines = Math.Clamp(PieceVectors / Math.Max(1, layout.Width), 1, Math.Max(1, layout.Height));
        Blocks = Math.Clamp(PieceVectors / pixels, 1, Math.Max(1, layout.Blocks));
        Groups = (layout.Blocks + Blocks - 1) / Blocks;
    }

    /// <summary>Images of a chunk.</summary>
    internal int Images { get; }

    /// <summary>Lines of a piece.</summary>
    internal int Lines { get; }

    /// <summary>Blocks of channels that are summed up together: several of small maps, so that memory is read in long runs.</summary>
    internal int Blocks { get; }

    /// <summary>Groups of that many blocks.</summary>
    internal int Groups { get; }

    /// <summary>Chunks of a batch.</summary>
    internal int Count(int batch) => (batch + Images - 1) / Images;

    /// <summary>The images of a chunk.</summary>
    internal (int First, int End) Range(int chunk, int batch) => (chunk * Images, Math.Min(batch, (chunk + 1) * Images));
}
