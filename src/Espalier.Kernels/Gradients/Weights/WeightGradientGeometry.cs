namespace Espalier.Kernels;

/// <summary>How a weight gradient divides its work: a function of the problem and the batch only.</summary>
/// <remarks>
/// A <em>run</em> is some lines of pixels, or some small images, whose input and gradient of one unit stay in the first-level cache while all kernel positions
/// read them. A <em>group</em> is a set of units whose sums stay in the second-level cache while all runs of a chunk are added to them. A <em>chunk</em> is a subset of
/// the runs with sums of its own; the sums of chunks are added at the end.
/// </remarks>
internal sealed class WeightGradientGeometry
{
    // Pixels per run: 2 vectors of gradient and one of input are 18 KB at 512 bits, plus lines of the map above and below. Longer runs need fewer
    // additions to memory, but are slower for small maps with many channels (docs/results/design.md).
    private const int RunPixels = 96;

    // Bytes of sums per group: a quarter of a second-level cache of 1 MB, which also holds the input and gradient of a run.
    private const int GroupBytes = 256 * 1024;

    // Minimum number of items of work: two for each of eight threads.
    private const int Items = 16;

    private readonly ConvolutionProblem _forward;

    internal WeightGradientGeometry(in ConvolutionProblem forward)
    {
        _forward = forward;
        (BlockedLayout input, BlockedLayout output) = (forward.Input, forward.Output);
        int lanes = output.Lanes;
        IsDepthwise = forward.Groups > 1 && forward.Groups == input.Channels && forward.Groups == output.Channels && input.Lanes == lanes;
        Rows = forward.Kernel.Area * (IsDepthwise ? 1 : input.Lanes);
        Units = MakeUnits();
        SumsLength = Units.Length == 0 ? 0 : Units[^1].Sums + (Rows * Units[^1].Vectors * lanes);
        int unitsOfGroup = Math.Max(1, GroupBytes / sizeof(float) / (Rows * 2 * lanes));
        Groups = (Units.Length + unitsOfGroup - 1) / unitsOfGroup;
        int usedOfLast = input.Channels - ((input.Blocks - 1) * input.Lanes);
        FullSpans = MakeSpans(input.Lanes);
        LastSpans = usedOfLast == input.Lanes ? FullSpans : MakeSpans(usedOfLast);
        int pixels = Math.Max(1, output.Height * output.Width);
        ImagesOfRun = Math.Max(1, RunPixels / pixels);
        int lines = Math.Clamp(RunPixels / Math.Max(1, output.Width), 1, Math.Max(1, output.Height));
        Bands = (output.Height + lines - 1) / lines;
    }

    /// <summary>Whether output channel i has only input channel i.</summary>
    internal bool IsDepthwise { get; }

    /// <summary>Rows of weights per unit.</summary>
    internal int Rows { get; }

    /// <summary>All units, by output block.</summary>
    internal WeightUnit[] Units { get; }

    /// <summary>Floats of the sums of all units.</summary>
    internal int SumsLength { get; }

    /// <summary>Number of groups of units.</summary>
    internal int Groups { get; }

    /// <summary>The rows of a unit whose input block is full.</summary>
    internal WeightSpan[] FullSpans { get; }

    /// <summary>The rows of a unit with the last input block.</summary>
    internal WeightSpan[] LastSpans { get; }

    /// <summary>Images per run.</summary>
    internal int ImagesOfRun { get; }

    /// <summary>Runs per image, or per group of images of a run.</summary>
    internal int Bands { get; }

    /// <summary>Number of runs of a batch.</summary>
    internal int Runs(int batch) => (batch + ImagesOfRun - 1) / ImagesOfRun * Bands;

    /// <summary>Number of chunks of a batch.</summary>
    internal int Chunks(int batch) => Math.Clamp((Items + Groups - 1) / Math.Max(1, Groups), 1, Math.Max(1, Runs(batch)));

    /// <summary>The units of a group.</summary>
    internal (int First, int End) Group(int group) => WorkSplit.Range(Units.Length, group, Groups);

    private WeightUnit[] MakeUnits()
    {
        int lanes = _forward.Output.Lanes;
        int widest = IsDepthwise || (_forward.Groups > 1 && _forward.GroupOutputChannels % (2 * lanes) != 0) ? 1 : 2;
        var units = new List<WeightUnit>();
        int sums = 0;
        for (int block = 0; block < _forward.Output.Blocks; block += widest)
        {
            int vectors = Math.Min(widest, _forward.Output.Blocks - block);
            int lastOutput = Math.Min((block + vectors) * lanes, _forward.Output.Channels) - 1;
            int firstInput = block * lanes / _forward.GroupOutputChannels * _forward.GroupInputChannels;
            int lastInput = (((lastOutput / _forward.GroupOutputChannels) + 1) * _forward.GroupInputChannels) - 1;
            int firstBlock = firstInput / _forward.Input.Lanes;
            for (int inputBlock = firstBlock; inputBlock <= lastInput / _forward.Input.Lanes; inputBlock++)
            {
                units.Add(new WeightUnit(block, vectors, inputBlock, sums, inputBlock == _forward.Input.Blocks - 1, inputBlock == firstBlock));
                sums = checked(sums + (Rows * vectors * lanes));
            }
        }

        return [.. units];
    }

    private WeightSpan[] MakeSpans(int used)
    {
        int lanes = IsDepthwise ? 1 : _forward.Input.Lanes;
        used = IsDepthwise ? 1 : used;
        bool neighbours = IsDepthwise || (_forward.Dilation.Width == 1 && 2 * used > lanes); // kernel positions are contiguous, including lanes without a channel between them
        int widest = TileLimits.MaximumWidth(_forward.Output.Lanes, IsDepthwise ? 1 : 2);
        var spans = new List<WeightSpan>();
        for (int row = 0; row < _forward.Kernel.Height; row++)
        {
            int input = row * _forward.Dilation.Height * _forward.Input.RowStride;
            for (int column = 0; column < (neighbours ? 1 : _forward.Kernel.Width); column++)
            {
                int rows = neighbours ? _forward.Kernel.Width * lanes : used;
                int pieces = (rows + widest - 1) / widest;
                for (int piece = 0; piece < pieces; piece++)
                {
                    (int first, int end) = WorkSplit.Range(rows, piece, pieces);
                    int position = (row * _forward.Kernel.Width) + column;
                    int offset = IsDepthwise ? first * _forward.Dilation.Width * _forward.Input.Lanes : (column * _forward.Dilation.Width * lanes) + first;
                    spans.Add(new WeightSpan(input + offset, end - first, (position * lanes) + first));
                }
            }
        }

        return [.. spans];
    }
}
