using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="ConvolutionWeightGradient.Accumulate"/> by Winograd's F(4x4, 3x3): Gᵀ (Σ Bᵀ d B · A y Aᵀ) G over all tiles with input d and output gradient y.</summary>
/// <remarks>
/// That is the transposed of the forward algorithm (Lavin and Gray 2016): a quarter of the products of the direct sum. For each frequency the sum is a product of [input channels][tiles] and
/// [tiles][output channels], by the register tiles of the direct sum, whose pixels are the tiles here.
/// </remarks>
internal readonly unsafe struct WinogradWeightJob : ILanesJob
{
    internal required WinogradWeightGeometry Geometry { get; init; }

    internal required WeightUnit[] Units { get; init; }

    /// <summary>Floats of the sums of all units.</summary>
    internal required int SumsLength { get; init; }

    internal required ConvolutionProblem Forward { get; init; }

    internal required BlockedLayout Gradients { get; init; }

    internal required float* Input { get; init; }

    internal required float* Gradient { get; init; }

    /// <summary>[chunk][sums of all units].</summary>
    internal required float* Sums { get; init; }

    /// <summary>[chunk][output channels in whole blocks]; <see langword="null"/> if not wanted.</summary>
    internal required float* BiasSums { get; init; }

    internal required float* Scratch { get; init; }

    internal required int Batch { get; init; }

    internal required int FirstItem { get; init; }

    internal required int EndItem { get; init; }

    private float* GradientScratch => Scratch + (WinogradWeightGeometry.Frequencies * (nint)Geometry.InputStride);

    private float* SumScratch => GradientScratch + (WinogradWeightGeometry.Frequencies * (nint)Geometry.GradientStride);

    private float* Working => SumScratch + (WinogradWeightGeometry.Frequencies * (nint)Geometry.SumStride);

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int chunks = Geometry.Chunks(Batch);
        int tiles = Batch * Geometry.Tiles.Length;
        for (int item = FirstItem; item < EndItem; item++)
        {
            (int chunk, int index) = Math.DivRem(item, Geometry.Groups);
            WinogradWeightGroup group = Group(index);
            float* biasSums = BiasSums == null || group.FirstInput > 0 ? null : BiasSums + ((nint)chunk * Forward.Output.PaddedChannels);
            if (biasSums != null)
            {
                new Span<float>(biasSums + (group.FirstOutput * TLanes.Count), (group.EndOutput - group.FirstOutput) * TLanes.Count).Clear();
            }

            new Span<float>(SumScratch, WinogradWeightGeometry.Frequencies * Geometry.SumStride).Clear();
            (int firstTile, int endTile) = WorkSplit.Range(tiles, chunk, chunks);
            int blocks = (endTile - firstTile + Geometry.BlockTiles - 1) / Geometry.BlockTiles;
            for (int block = 0; block < blocks; block++)
            {
                (int first, int end) = WorkSplit.Range(endTile - firstTile, block, blocks);
                TransformInput<TLanes>(group, firstTile + first, firstTile + end);
                TransformGradient<TLanes>(group, firstTile + first, firstTile + end, biasSums);
                Multiply<TLanes>(group, end - first);
            }

            TransformSums<TLanes>(group, Sums + ((nint)chunk * SumsLength));
        }
    }

    private WinogradWeightGroup Group(int index)
    {
        (int output, int input) = Math.DivRem(index, Geometry.InputGroups);
        (int firstInput, int firstOutput) = (input * Geometry.InputBlocks, output * Geometry.Pairs * 2);
        return new WinogradWeightGroup(
            firstInput, Math.Min(firstInput + Geometry.InputBlocks, Forward.Input.Blocks), firstOutput, Math.Min(firstOutput + (2 * Geometry.Pairs), Gradients.Blocks));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformInput<TLanes>(in WinogradWeightGroup group, int firstTile, int endTile) where TLanes : unmanaged, ILanes<TLanes>
    {
        (nint imageStride, nint blockStride, nint rowStride, nint frequency) = (Forward.Input.Length, Forward.Input.BlockStride, Forward.Input.RowStride, Geometry.InputStride);
        WinogradTile[] tiles = Geometry.Tiles;
        float* target = Scratch;
        float* working = Working;
        (int image, int place) = Math.DivRem(firstTile, tiles.Length);
        for (int tile = firstTile; tile < endTile; tile++)
        {
            ref readonly WinogradTile at = ref tiles[place];
            float* source = Input + (image * imageStride) + (group.FirstInput * blockStride) + at.Input;
            float* end = target + (Geometry.InputBlocks * TLanes.Count);
            for (int block = group.FirstInput; block < group.EndInput; block++, source += blockStride, target += TLanes.Count)
            {
                WinogradPatch<TLanes>.Transform<WinogradTransform4<TLanes>>(source, rowStride, at.InputRows, at.InputColumns, working, target, frequency);
            }

            target = end;
            (image, place) = place + 1 == tiles.Length ? (image + 1, 0) : (image, place + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformGradient<TLanes>(in WinogradWeightGroup group, int firstTile, int endTile, float* biasSums) where TLanes : unmanaged, ILanes<TLanes>
    {
        (nint imageStride, nint blockStride, nint rowStride, nint frequency) = (Gradients.Length, Gradients.BlockStride, Gradients.RowStride, Geometry.GradientStride);
        WinogradTile[] tiles = Geometry.Tiles;
        float* target = GradientScratch;
        float* working = Working;
        (int image, int place) = Math.DivRem(firstTile, tiles.Length);
        for (int tile = firstTile; tile < endTile; tile++, target += TLanes.Count)
        {
            ref readonly WinogradTile at = ref tiles[place];
            float* source = Gradient + (image * imageStride) + (group.FirstOutput * blockStride) + at.Output;
            float* result = target;
            for (int block = group.FirstOutput; block < group.EndOutput; block++, source += blockStride, result += Geometry.BlockTiles * TLanes.Count)
            {
                WinogradPatch<TLanes>.TransformGradient(source, rowStride, at.Rows, at.Columns, working, result, frequency);
                if (biasSums != null)
                {
                    AddPixels<TLanes>(source, rowStride, at, biasSums + (block * TLanes.Count));
                }
            }

            (image, place) = place + 1 == tiles.Length ? (image + 1, 0) : (image, place + 1);
        }
    }

    private static void AddPixels<TLanes>(float* source, nint rowStride, in WinogradTile tile, float* sum) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes own = TLanes.Zero;
        for (int row = 0; row < tile.Rows; row++)
        {
            for (int column = 0; column < tile.Columns; column++)
            {
                own = TLanes.Add(own, TLanes.Load(source + (row * rowStride) + (column * TLanes.Count)));
            }
        }

        TLanes.Store(sum, TLanes.Add(TLanes.Load(sum), own));
    }

    /// <summary>Adds the products of a block of tiles to the sums, frequency by frequency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TLanes>(in WinogradWeightGroup group, int tiles) where TLanes : unmanaged, ILanes<TLanes>
    {
        int rows = group.Rows(Forward.Input);
        int blockFloats = Geometry.BlockTiles * TLanes.Count;
        WeightTileArguments arguments = new()
        {
            GradientBlockStride = blockFloats,
            PixelStride = Geometry.InputBlocks * TLanes.Count,
            Images = 1,
            Lines = 1,
            LineLength = tiles * TLanes.Count,
        };
        for (int frequency = 0; frequency < WinogradWeightGeometry.Frequencies; frequency++)
        {
            float* input = Scratch + (frequency * (nint)Geometry.InputStride);
            float* sums = SumScratch + (frequency * (nint)Geometry.SumStride);
            arguments.Gradient = GradientScratch + (frequency * (nint)Geometry.GradientStride);
            for (int block = group.FirstOutput; block < group.EndOutput; block += 2, arguments.Gradient += 2 * blockFloats)
            {
                int vectors = Math.Min(2, group.EndOutput - block);
                delegate*<WeightTileArguments*, void>[] kernels = vectors == 2 ? WeightTileTable<TLanes, BroadcastInput<TLanes>>.Two : WeightTileTable<TLanes, BroadcastInput<TLanes>>.One;
                int widest = TileLimits.MaximumWidth(TLanes.Count, vectors);
                int pieces = (rows + widest - 1) / widest;
                for (int piece = 0; piece < pieces; piece++)
                {
                    (int first, int end) = WorkSplit.Range(rows, piece, pieces);
                    arguments.Input = input + first;
                    arguments.Sums = sums + (first * vectors * TLanes.Count);
                    kernels[end - first - 1](&arguments);
                }

                sums += rows * vectors * TLanes.Count;
            }
        }
    }

    /// <summary>Transforms the sums of a group back and writes them where the units have them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformSums<TLanes>(in WinogradWeightGroup group, float* target) where TLanes : unmanaged, ILanes<TLanes>
    {
        int rows = group.Rows(Forward.Input);
        float* source = SumScratch;
        for (int block = group.FirstOutput; block < group.EndOutput; block += 2)
        {
            int width = Math.Min(2, group.EndOutput - block) * TLanes.Count;
            for (int row = 0; row < rows; row++)
            {
                (int inputBlock, int channel) = Math.DivRem(row, TLanes.Count);
                ref readonly WeightUnit unit = ref Units[(block / 2 * Forward.Input.Blocks) + group.FirstInput + inputBlock];
                float* weights = target + unit.Sums + (channel * width);
                for (int lane = 0; lane < width; lane += TLanes.Count, source += TLanes.Count)
                {
                    WinogradPatch<TLanes>.TransformFilterGradient(source, Geometry.SumStride, Working, weights + lane, TLanes.Count * width);
                }
            }
        }
    }
}
