using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Instructions for sums of products of 8-bit numbers: an entry of the ordered table from which one is chosen automatically or by name. All give the same bits.</summary>
internal sealed unsafe class IntegerTier
{
    /// <summary>The environment variable that forces a tier by name.</summary>
    internal const string Variable = "ESPALIER_INTEGER_TIER";

    private readonly Func<SumShape, SumTile?> _tile;

    private IntegerTier(string name, string? obstacle, bool signsInput, delegate*<RowArguments*, void> rows, Func<SumShape, SumTile?> tile, bool isEmitted = false)
    {
        (Name, Obstacle, SignsInput, IsEmitted, _tile) = (name, obstacle, signsInput, isEmitted, tile);
        Rows = rows; // a pointer cannot be in a tuple
    }

    /// <summary>AVX-512 VNNI (<c>vpdpbusd zmm</c>) by emitted code.</summary>
    internal static IntegerTier Avx512Vnni { get; } = new("avx512vnni", ObstacleOfEmission(needsVnni: true), signsInput: false, Wide, shape => EmittedSumTile.For(shape), isEmitted: true);

    /// <summary>AVX-VNNI: <c>vpdpbusd ymm</c>.</summary>
    internal static IntegerTier AvxVnni256 { get; } = Of<DotAvxVnni>("avxvnni", AvxVnni.IsSupported, "AVX-VNNI");

    /// <summary>AVX-512 without VNNI (<c>vpmaddwd zmm</c> on 16-bit numbers) by emitted code, which need not store its sums.</summary>
    internal static IntegerTier Avx512Emitted { get; } = new(
        "avx512emitted", ObstacleOfEmission(needsVnni: false), signsInput: false, Wide, shape => shape.Pattern == SumPattern.TapPairs ? Pairs(shape) : EmittedSumTile.For(shape), isEmitted: true)
    {
        Pattern = SumPattern.WordQuads,
    };

    /// <summary>AVX-512: <c>vpmaddwd zmm</c> on 16-bit numbers.</summary>
    internal static IntegerTier Avx512 { get; } = Of<Dot512>("avx512", Vector512.IsHardwareAccelerated && Avx512BW.IsSupported, "AVX-512");

    /// <summary>AVX2: <c>vpmaddwd ymm</c> on 16-bit numbers.</summary>
    internal static IntegerTier Avx2 { get; } = Of<Dot256>("avx2", System.Runtime.Intrinsics.X86.Avx2.IsSupported, "AVX2");

    /// <summary>Arm's dot product instructions.</summary>
    internal static IntegerTier ArmDotProduct { get; } = Of<DotArm>("dotprod", Dp.IsSupported, "Arm's dot product");

    /// <summary>Plain loops, on any machine.</summary>
    internal static IntegerTier Plain { get; } = new("plain", null, signsInput: false, &RequantizedRow.Plain, shape => new PlainSumTile(shape));

    /// <summary>All tiers, fastest first.</summary>
    internal static ImmutableArray<IntegerTier> All { get; } = [Avx512Vnni, AvxVnni256, Avx512Emitted, Avx512, Avx2, ArmDotProduct, Plain];

    /// <summary>The default: the one named by <see cref="Variable"/>, or else the first that is supported.</summary>
    /// <exception cref="EspalierException">The variable names none, or one that this machine lacks.</exception>
    internal static IntegerTier Best => s_default.Value;

    private static readonly Lazy<IntegerTier> s_default = new(() => Choose(Environment.GetEnvironmentVariable(Variable))); // not at the type's start, where an exception would lose its message

    /// <summary>What keeps the machine's fastest instructions for 8 bits from being used although they are there, as a sentence; <see langword="null"/> where nothing does, or a tier is forced.</summary>
    internal static string? Advice { get; } = AdviceFor(Environment.GetEnvironmentVariable(Variable), All);

    /// <summary>The same for other settings.</summary>
    internal static string? AdviceFor(string? forced, ImmutableArray<IntegerTier> tiers)
    {
        IntegerTier used = tiers.First(tier => tier.IsSupported);
        string? obstacle = tiers.TakeWhile(tier => tier != used).Select(tier => tier.Obstacle).FirstOrDefault(obstacle => obstacle == ExecutableMemory.Obstacle);
        return string.IsNullOrEmpty(forced) && obstacle is not null ? $"8-bit layers run on {used.Name}, several times slower than with emitted code: {obstacle.TrimEnd('.')}" : null;
    }

    /// <summary>The name by which it can be chosen.</summary>
    internal string Name { get; }

    /// <summary>Why this process cannot use it, as a sentence, or <see langword="null"/> where it can.</summary>
    internal string? Obstacle { get; }

    /// <summary>Whether this process can use it.</summary>
    internal bool IsSupported => Obstacle is null;

    /// <summary>How it computes convolutions without groups, and those for which it has nothing better.</summary>
    internal SumPattern Pattern { get; private init; }

    /// <summary>Whether its code is emitted, for every <see cref="SumPattern"/> but <see cref="SumPattern.TapPairs"/>.</summary>
    internal bool IsEmitted { get; }

    /// <summary>Whether it takes inputs as x − 128 in <see cref="SumPattern.Quads"/>.</summary>
    internal bool SignsInput { get; }

    /// <summary>The requantization of a row of sums.</summary>
    internal delegate*<RowArguments*, void> Rows { get; }

    /// <summary>Finds a tier by name; <see langword="null"/> or an empty string gives the first that is supported.</summary>
    /// <exception cref="EspalierException">The name is unknown, or this process cannot use the tier.</exception>
    internal static IntegerTier Choose(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return All.First(tier => tier.IsSupported);
        }

        IntegerTier? chosen = All.FirstOrDefault(tier => string.Equals(tier.Name, name, StringComparison.OrdinalIgnoreCase));
        string known = string.Join(", ", All.Where(tier => tier.IsSupported).Select(tier => tier.Name));
        return chosen switch
        {
            null => throw new EspalierException($"8-bit instructions '{name}' are not known; supported here: {known}."),
            { Obstacle: string obstacle } => throw new EspalierException($"8-bit instructions '{name}' cannot be used: {obstacle} Supported here: {known}."),
            _ => chosen,
        };
    }

    /// <summary>The code for a shape. Where the system stops giving executable memory, that of the fastest intrinsics, or plain code, which read the same packed weights.</summary>
    internal SumTile Tile(SumShape shape) => _tile(shape) ?? (shape.Pattern == SumPattern.Quads
        ? All.First(tier => tier != this && tier.IsSupported && tier.SignsInput == SignsInput).Tile(shape)
        : new PlainSumTile(shape));

    public override string ToString() => Name;

    private static delegate*<RowArguments*, void> Wide => Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? &RequantizedRow.Of512Bits : &RequantizedRow.Of128Bits;

    private static IntegerTier Of<TDot>(string name, bool isSupported, string instructions) where TDot : unmanaged, IDot<TDot> => new(
        name, isSupported ? null : $"This program does not have {instructions} on this machine.", TDot.SignsInput, Wide,
        shape => shape.Pattern == SumPattern.Quads ? new VectorSumTile<TDot>(shape) : Pairs(shape));

    private static SumTile Pairs(SumShape shape) => System.Runtime.Intrinsics.X86.Avx2.IsSupported ? new PairSumTile(shape) : new PlainSumTile(shape);

    /// <summary>
    /// A program compiled ahead of time for older machines emits code for this one all the same; one that is compiled at run time and has no AVX-512 was told not to use it.
    /// </summary>
    private static string? ObstacleOfEmission(bool needsVnni)
    {
        const int Vnni = 1 << 11; // Intel's manual, volume 2, CPUID leaf 7, ECX
        bool hasVectors = RuntimeFeature.IsDynamicCodeCompiled ? Avx512BW.VL.IsSupported : ProcessorVectors.Widest == InstructionSet.Avx512;
        return !X86Base.IsSupported || !hasVectors || (needsVnni && (X86Base.CpuId(7, 0).Ecx & Vnni) == 0)
            ? $"This program does not have AVX-512{(needsVnni ? " VNNI" : "")} on this machine."
            : ExecutableMemory.Obstacle;
    }
}
