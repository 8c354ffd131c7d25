namespace Espalier.Kernels;

/// <summary>How a <see cref="SumTile"/> pairs inputs with outputs, and so the order of its packed weights.</summary>
internal enum SumPattern
{
    /// <summary>A step is four adjacent input channels at one kernel position, the same for all outputs: [quad][vector][16 outputs][4 inputs].</summary>
    Quads,

    /// <summary>As <see cref="Quads"/>, with weights of 16 bits for machines that multiply no bytes: [quad][vector][inputs 0 and 2, then 1 and 3][16 outputs][2 inputs].</summary>
    WordQuads,

    /// <summary>
    /// A block of 16 outputs reads the same block of inputs, in groups of 1, 2, 4, 8 or 16 channels. A step is four adjacent input channels for each output, of its own group: [step][16 lanes][4 inputs].
    /// Lane l is output 4·(l mod 4) + l/4 and in step s has quad (l mod 4) xor s, so that the 16 inputs are loaded once for all lanes.
    /// </summary>
    GroupQuads,

    /// <summary>Depthwise: four adjacent columns of a kernel's row: [shift][quad][16 channels][4 columns]; shift s is for the output s pixels behind the one where the loaded pixels begin.</summary>
    TapQuads,

    /// <summary>Depthwise: two kernel positions: [pair][16 channels][2 positions].</summary>
    TapPairs,
}
