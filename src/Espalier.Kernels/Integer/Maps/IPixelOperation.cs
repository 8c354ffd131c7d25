namespace Espalier.Kernels;

/// <summary>What is done to pixels of 16 channels in a row.</summary>
internal unsafe interface IPixelOperation
{
    /// <summary>Computes <paramref name="pixels"/> pixels of one block of one image.</summary>
    void Run(MapRow row, byte* a, byte* b, byte* to, nint pixels);
}
