namespace Espalier.Kernels;

/// <summary>Packs weights into a <see cref="SparseStream"/>.</summary>
internal ref struct SparsePacker
{
    /// <summary>Output channels per panel: few enough to divide a layer among threads, enough to group rows of equal length.</summary>
    internal const int PanelChannels = 128;

    private readonly ConvolutionProblem _problem;
    private readonly SparseGeometry _geometry;
    private readonly ReadOnlySpan<float> _weights;
    private readonly int _height, _weightsOfChannel;
    private readonly int[] _found;
    private WeightQuad[] _quads = [];
    private int _quadCount;

    /// <param name="problem">The convolution.</param>
    /// <param name="geometry">How it is cut.</param>
    /// <param name="weights">The weights, as PyTorch has them.</param>
    /// <param name="height">Output channels per row: 1, or 4 for blocks.</param>
    internal SparsePacker(in ConvolutionProblem problem, SparseGeometry geometry, ReadOnlySpan<float> weights, int height)
    {
        (_problem, _geometry, _height) = (problem, geometry, height);
        _weights = weights;
        _weightsOfChannel = problem.Input.Channels * problem.Kernel.Area;
        _found = new int[_weightsOfChannel];
    }

    internal SparseStream Pack()
    {
        ushort[] offsets = Offsets();
        int channelsOfChunk = _geometry.ChunkBlocks * _geometry.Lanes;
        int weightsOfInput = _problem.Kernel.Area;
        var rows = new List<SparseRow>();
        var runs = new List<SparseRun>();
        int rowsInAll = _problem.Output.PaddedChannels / _height;
        int rowsOfPanel = Math.Max(PanelChannels, _geometry.Lanes) / _height;
        _quads = new WeightQuad[InitialQuads()];
        for (int firstRow = 0; firstRow < rowsInAll; firstRow += rowsOfPanel)
        {
            int count = Math.Min(rowsOfPanel, rowsInAll - firstRow);
            for (int chunk = 0; chunk < _geometry.Chunks; chunk++)
            {
                int from = chunk * channelsOfChunk * weightsOfInput;
                int to = Math.Min(from + (channelsOfChunk * weightsOfInput), _weightsOfChannel);
                runs.Add(new SparseRun(rows.Count, 0, _quadCount));
                PackRun(firstRow, count, from, to, keepsEmpty: chunk == 0, offsets, rows);
                runs[^1] = runs[^1] with { Rows = rows.Count - runs[^1].FirstRow };
            }
        }

        runs.Add(new SparseRun(rows.Count, 0, _quadCount));
        Array.Resize(ref _quads, _quadCount + 1); // the loops look one ahead
        return new SparseStream(_quads, [.. rows], [.. runs], _geometry.Chunks);
    }

    /// <summary>The rows of a panel in a chunk, longest first, so that loop lengths repeat and branch prediction works.</summary>
    private void PackRun(int firstRow, int count, int from, int to, bool keepsEmpty, ushort[] offsets, List<SparseRow> rows)
    {
        Span<long> order = stackalloc long[count]; // the negated number of nonzeros in the high bits, the row in the low ones, for sorting
        for (int row = 0; row < count; row++)
        {
            order[row] = ((long)-Find(firstRow + row, from, to) << 32) | (uint)row;
        }

        order.Sort();
        foreach (long next in order)
        {
            (int nonzeros, int row) = (-(int)(next >> 32), (int)next);
            if (nonzeros > 0 || keepsEmpty)
            {
                rows.Add(new SparseRow(nonzeros, row));
                int found = Find(firstRow + row, from, to);
                if (_height == 1)
                {
                    AddSingles(firstRow + row, found, offsets);
                }
                else
                {
                    AddBlocks(firstRow + row, found, offsets);
                }
            }
        }
    }

    /// <summary>Lists where, in [from, to), a row has weights that are not zero.</summary>
    private readonly int Find(int row, int from, int to)
    {
        int found = 0;
        int end = Math.Min((row + 1) * _height, _problem.Output.Channels);
        if (row * _height >= end)
        {
            return 0;
        }

        ReadOnlySpan<float> a = Channel(row * _height);
        if (_height == 1)
        {
            for (int i = from; i < to; i++)
            {
                _found[found] = i;
                found += a[i] != 0 ? 1 : 0;
            }

            return found;
        }

        ReadOnlySpan<float> b = Channel(Math.Min((row * _height) + 1, end - 1));
        ReadOnlySpan<float> c = Channel(Math.Min((row * _height) + 2, end - 1));
        ReadOnlySpan<float> d = Channel(Math.Min((row * _height) + 3, end - 1));
        for (int i = from; i < to; i++)
        {
            _found[found] = i;
            found += (a[i] != 0) | (b[i] != 0) | (c[i] != 0) | (d[i] != 0) ? 1 : 0;
        }

        return found;
    }

    private void AddSingles(int row, int found, ushort[] offsets)
    {
        ReadOnlySpan<float> weights = row < _problem.Output.Channels ? Channel(row) : default;
        for (int i = 0; i < found; i += 4)
        {
            var quad = default(WeightQuad);
            for (int j = i; j < Math.Min(i + 4, found); j++)
            {
                quad.Set(j - i, weights[_found[j]], offsets[_found[j]]);
            }

            Add(quad);
        }
    }

    private void AddBlocks(int row, int found, ushort[] offsets)
    {
        int first = row * _height;
        int channels = Math.Min(_height, _problem.Output.Channels - first);
        for (int i = 0; i < found; i++)
        {
            var quad = default(WeightQuad);
            for (int channel = 0; channel < channels; channel++)
            {
                quad.Set(channel, Channel(first + channel)[_found[i]], offsets[_found[i]]);
            }

            Add(quad);
        }
    }

    private void Add(in WeightQuad quad)
    {
        if (_quadCount == _quads.Length)
        {
            Array.Resize(ref _quads, checked(Math.Max(16, _quads.Length * 2)));
        }

        _quads[_quadCount++] = quad;
    }

    private readonly ReadOnlySpan<float> Channel(int channel) => _weights.Slice(channel * _weightsOfChannel, _weightsOfChannel);

    /// <summary>An estimate of the number of quads: on average every row of every chunk wastes half a quad.</summary>
    private readonly int InitialQuads()
    {
        int nonzeros = _weights.Length - WeightSparsity.CountZeros(_weights);
        return (nonzeros / 4) + (_problem.Output.PaddedChannels / _height * _geometry.Chunks);
    }

    /// <summary>Offsets in a chunk of the pixels for every weight of an output channel.</summary>
    private readonly ushort[] Offsets()
    {
        int positions = _problem.Kernel.Area;
        int channelsOfChunk = _geometry.ChunkBlocks * _geometry.Lanes;
        var ofTap = new int[positions];
        var offsets = new ushort[_weightsOfChannel];
        for (int position = 0; position < positions; position++)
        {
            ofTap[position] = _geometry.Offset(0, position / _problem.Kernel.Width, position % _problem.Kernel.Width);
        }

        int ofChannel = _problem.Kernel.Height * _geometry.Columns * _geometry.Lanes * sizeof(float) / WeightQuad.OffsetUnit;
        for (int i = 0; i < offsets.Length; i++)
        {
            (int channel, int position) = Math.DivRem(i, positions);
            offsets[i] = checked((ushort)((channel % channelsOfChunk * ofChannel) + ofTap[position]));
        }

        return offsets;
    }
}
