using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Positions of the pixels of one group in the maps: computed once, used for every channel.</summary>
internal sealed class SparseGroup
{
    /// <summary>Marks a pixel that is not in the map.</summary>
    internal const int None = -1;

    private readonly ConvolutionProblem _problem;
    private readonly SparseGeometry _geometry;
    private readonly Strides _input, _output, _residual;
    private readonly int _lastColumn;

    internal SparseGroup(in ConvolutionProblem problem, SparseGeometry geometry)
    {
        (_problem, _geometry) = (problem, geometry);
        _input = new(
            problem.Input.Length,
            problem.Stride.Height * problem.Input.RowStride,
            problem.Stride.Width * geometry.Lanes,
            problem.Input.Offset(0, -problem.Padding.Top, -problem.Padding.Left));
        _output = new(problem.Output.Length, problem.Output.RowStride, geometry.Lanes, problem.Output.Origin);
        _residual = problem.Residual is { } residual ? new(residual.Length, residual.RowStride, geometry.Lanes, residual.Origin) : default;
        _lastColumn = ((problem.Output.Width - 1) * problem.Stride.Width) + ((problem.Kernel.Width - 1) * problem.Dilation.Width);
        int pixels = geometry.Vectors * geometry.Lanes;
        (Inputs, Outputs, Residuals) = (new int[geometry.Columns * geometry.Lanes], new int[pixels], new int[pixels]);
    }

    /// <summary>Offsets into the input, of kernel row 0: [column][lane].</summary>
    internal int[] Inputs { get; }

    /// <summary>Offsets into the output, or <see cref="None"/>: [vector][lane].</summary>
    internal int[] Outputs { get; }

    /// <summary>Offsets into the residual: [vector][lane]; unused where there is none.</summary>
    internal int[] Residuals { get; }

    /// <summary>Number of vectors of the group.</summary>
    internal int Vectors { get; private set; }

    /// <summary>Number of vectors gathered per channel and kernel row.</summary>
    internal int Columns { get; private set; }

    /// <summary>Moves to a group.</summary>
    internal void MoveTo(int group, int batch)
    {
        if (_geometry.IsFlat)
        {
            (int first, int end) = _geometry.VectorsOf(group, batch);
            Vectors = Columns = end - first;
            MoveToPixels(first * _geometry.Lanes, batch);
        }
        else
        {
            (Vectors, Columns) = (_geometry.Vectors, _geometry.Columns);
            MoveToSegments(group * _geometry.Lanes, batch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MoveToPixels(int pixel, int batch)
    {
        (int height, int width) = (_problem.Output.Height, _problem.Output.Width);
        int end = batch * height * width;
        (int row, int x) = Math.DivRem(pixel, width);
        (int image, int y) = Math.DivRem(row, height);
        int pixels = Vectors * _geometry.Lanes;
        (int[] inputs, int[] outputs, int[] residuals) = (Inputs, Outputs, Residuals);
        (int input, int output, int residual) = (_input.At(image, y, x), _output.At(image, y, x), _residual.At(image, y, x));
        for (int i = 0; i < pixels; i++, pixel++)
        {
            inputs[i] = input; // lanes without a pixel repeat the last, unwritten
            outputs[i] = pixel < end ? output : None;
            residuals[i] = residual;
            if (pixel + 1 < end)
            {
                (input, output, residual) = (input + _input.Pixel, output + _output.Pixel, residual + _residual.Pixel);
                if (++x == width)
                {
                    (x, y) = (0, y + 1);
                    (image, y) = y == height ? (image + 1, 0) : (image, y);
                    (input, output, residual) = (_input.At(image, y, 0), _output.At(image, y, 0), _residual.At(image, y, 0));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MoveToSegments(int segment, int batch)
    {
        int ofRow = _geometry.SegmentsOfRow;
        int end = batch * _problem.Output.Height * ofRow;
        (int row, int place) = Math.DivRem(segment, ofRow);
        (int image, int y) = Math.DivRem(row, _problem.Output.Height);
        for (int lane = 0; lane < _geometry.Lanes; lane++, segment++)
        {
            int start = place * Vectors;
            SetSegment(lane, image, y, start, segment < end ? Math.Min(Vectors, _problem.Output.Width - start) : 0);
            if (segment + 1 < end && ++place == ofRow)
            {
                (place, y) = (0, y + 1);
                (image, y) = y == _problem.Output.Height ? (image + 1, 0) : (image, y);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetSegment(int lane, int image, int y, int start, int pixels)
    {
        int lanes = _geometry.Lanes;
        ReadOnlySpan<int> columns = _geometry.SegmentColumns;
        int input = _input.At(image, y, 0);
        for (int i = 0, at = lane; i < columns.Length; i++, at += lanes)
        {
            // A short segment repeats the last column, unused.
            Inputs[at] = input + (Math.Min((start * _problem.Stride.Width) + columns[i], _lastColumn) * lanes);
        }

        (int output, int residual) = (_output.At(image, y, start), _residual.At(image, y, start));
        for (int vector = 0, at = lane; vector < Vectors; vector++, at += lanes)
        {
            Outputs[at] = vector < pixels ? output + (vector * lanes) : None;
            Residuals[at] = residual + (vector * lanes);
        }
    }

    /// <summary>Strides in floats between images, output rows and output pixels, and the offset of the first pixel.</summary>
    private readonly record struct Strides(int Image, int Row, int Pixel, int Origin)
    {
        internal int At(int image, int y, int x) => (image * Image) + (y * Row) + (x * Pixel) + Origin;
    }
}
