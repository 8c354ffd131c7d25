using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Where the pixels of one group lie in the maps: computed once, used for every channel.</summary>
internal sealed class SparseGroup
{
    /// <summary>Stands for a pixel that is not in the map.</summary>
    internal const int None = -1;

    private readonly int _lanes, _rows, _width, _segmentsOfRow, _vectors, _mapWidth;
    private readonly int _stride, _lastColumn;
    private readonly bool _isFlat;
    private readonly int[] _columns;
    private readonly Strides _input, _output, _residual;

    internal SparseGroup(in ConvolutionProblem problem, SparseGeometry geometry)
    {
        (_lanes, _rows, _width) = (geometry.Lanes, geometry.Rows, geometry.Width);
        (_segmentsOfRow, _vectors, _isFlat) = (geometry.SegmentsOfRow, geometry.Vectors, geometry.IsFlat);
        (_mapWidth, _stride) = (problem.Output.Width, problem.StrideWidth);
        _lastColumn = ((_width - 1) * _stride) + ((problem.KernelWidth - 1) * problem.DilationWidth);
        _columns = geometry.Columns.ToArray();
        _input = new(problem.Input.Length, problem.StrideHeight * problem.Input.RowStride, problem.Input.Offset(0, -problem.PadTop, -problem.PadLeft));
        _output = new(problem.Output.Length, problem.Output.RowStride, problem.Output.Origin);
        _residual = problem.Residual is { } residual ? new(residual.Length, residual.RowStride, residual.Origin) : default;
        (Inputs, Outputs, Residuals) = (new int[_columns.Length * _lanes], new int[_vectors * _lanes], new int[_vectors * _lanes]);
    }

    /// <summary>Offsets into the input, of kernel row 0: [column][lane].</summary>
    internal int[] Inputs { get; }

    /// <summary>Offsets into the output, or <see cref="None"/>: [vector][lane].</summary>
    internal int[] Outputs { get; }

    /// <summary>Offsets into the residual: [vector][lane]; of no meaning where there is none.</summary>
    internal int[] Residuals { get; }

    /// <summary>Moves to a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void MoveTo(int group, int batch)
    {
        int last = (batch * _rows * _segmentsOfRow) - 1;
        for (int lane = 0; lane < _lanes; lane++)
        {
            int segment = (group * _lanes) + lane;
            (int row, int place) = Math.DivRem(Math.Min(segment, last), _segmentsOfRow); // lanes without a segment repeat the last, unwritten
            (int image, row) = Math.DivRem(row, _rows);
            int start = place * _vectors;
            SetInputs(lane, image, row, start);
            SetOutputs(lane, image, row, start, segment <= last ? Math.Min(_vectors, _width - start) : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetInputs(int lane, int image, int row, int start)
    {
        int origin = (image * _input.Image) + (row * _input.Row) + _input.Origin;
        int[] columns = _columns;
        int[] inputs = Inputs;
        for (int i = 0, at = lane; i < columns.Length; i++, at += _lanes)
        {
            int column = Math.Min((start * _stride) + columns[i], _lastColumn); // a short segment repeats the last column, unused
            if (_isFlat)
            {
                (int y, int x) = Math.DivRem(column / _stride, _mapWidth);
                inputs[at] = origin + (y * _input.Row) + (x * _stride * _lanes);
            }
            else
            {
                inputs[at] = origin + (column * _lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetOutputs(int lane, int image, int row, int start, int pixels)
    {
        (int y, int x) = _isFlat ? Math.DivRem(start, _mapWidth) : (row, start);
        for (int vector = 0, at = lane; vector < _vectors; vector++, at += _lanes)
        {
            Outputs[at] = vector < pixels ? (image * _output.Image) + (y * _output.Row) + (x * _lanes) + _output.Origin : None;
            Residuals[at] = (image * _residual.Image) + (y * _residual.Row) + (x * _lanes) + _residual.Origin;
            if (++x == _mapWidth)
            {
                (x, y) = (0, y + 1);
            }
        }
    }

    /// <summary>Floats from one image, and from one output row, to the next, and where the first pixel lies.</summary>
    private readonly record struct Strides(int Image, int Row, int Origin);
}
