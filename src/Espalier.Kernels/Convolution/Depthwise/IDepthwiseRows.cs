namespace Espalier.Kernels;

/// <summary>A depthwise convolution that can compute some rows of one block of channels.</summary>
internal unsafe interface IDepthwiseRows
{
    /// <summary>The convolution.</summary>
    ConvolutionProblem Problem { get; }

    /// <summary>Whether any run of rows can be computed; otherwise only all.</summary>
    bool TakesAnyRows { get; }

    /// <summary>Computes rows of a block.</summary>
    /// <param name="map">The block's first input row that they read, its left border included: rows of the input layout, zero outside of the map.</param>
    /// <param name="block">The block of channels.</param>
    /// <param name="rows">The rows of the output.</param>
    /// <param name="output">The output image.</param>
    void ComputeRows(float* map, int block, (int First, int End) rows, float* output);
}
