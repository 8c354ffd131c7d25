using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>A way to compute a convolution: an entry of the ordered, named table from which one is chosen, or forced.</summary>
public abstract class ConvolutionKernel
{
    /// <summary>The environment variable that forces kernels: names, separated by commas, the most wanted first.</summary>
    public const string Variable = "ESPALIER_CONVOLUTION_KERNEL";

    /// <summary>Every kernel for every instruction set.</summary>
    public static ImmutableArray<ConvolutionKernel> All { get; } =
    [
        .. KernelsOf<Lanes512>(InstructionSet.Avx512),
        .. KernelsOf<Lanes256>(InstructionSet.Avx2),
        .. KernelsOf<Lanes128>(InstructionSet.Vector128Bit),
    ];

    /// <summary>Its name, such as <c>direct</c>, <c>winograd4</c> or <c>depthwise</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The vectors that it computes with.</summary>
    public abstract InstructionSet InstructionSet { get; }

    /// <summary>Whether it can compute <paramref name="problem"/> at all, on this machine.</summary>
    public abstract bool Supports(in ConvolutionProblem problem);

    /// <summary>Lays out the weights.</summary>
    /// <param name="problem">What to compute.</param>
    /// <param name="weights">PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One number for each output channel, or empty for none.</param>
    /// <exception cref="ArgumentException">The layouts, weights or biases don't fit each other.</exception>
    public abstract PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias);

    /// <summary>
    /// What reading one packed weight from memory costs, in multiply-adds: 4 bytes at 24 GB/s against 120 billion multiply-adds a second,
    /// measured on one Zen 5 core. A network's weights are in no cache when their layer's turn comes.
    /// </summary>
    private protected const double WeightCost = 20;

    /// <summary>What it costs to compute one image, in multiply-adds at full speed; only the order matters.</summary>
    /// <remarks>
    /// Arithmetic or the reading of the weights, whichever takes longer, and what transforms cost beside it. A pure function of the problem and of how many weights are zero, so that
    /// the same network is computed the same way everywhere. For ResNets at 224 x 224 it agrees with the fastest in the network, cold: F(4x4) at 56,
    /// 28 and 14 pixels, F(2x2) at 7, whose 512 x 512 filters would be 38 MB large for F(4x4).
    /// </remarks>
    internal abstract double Cost(in ConvolutionProblem problem, WeightSparsity sparsity);

    /// <summary>Whether its packed weights can be refreshed in place when the numbers change; where the zeros lie decides how <c>sparse</c> packs.</summary>
    public virtual bool CanRepack => true;

    /// <summary>What it would cost to compute one image, in multiply-adds at full speed: what <see cref="Choose"/> compares.</summary>
    public double CostOf(in ConvolutionProblem problem, WeightSparsity sparsity) => Cost(problem, sparsity);

    /// <summary>The kernel to use for <paramref name="problem"/>.</summary>
    /// <param name="problem">What to compute; the blocks of its output say how wide the vectors are.</param>
    /// <param name="instructionSet">The vectors to compute with, or <see langword="null"/> for those as wide as the output's blocks.</param>
    /// <param name="preferred">
    /// Names, separated by commas: the first that can compute the problem is taken. <see langword="null"/> asks the environment variable
    /// <see cref="Variable"/>. Where none of them can, or none is named, the one with the least <see cref="Cost"/> is taken.
    /// </param>
    /// <param name="sparsity">How many of the weights are zero; as if none were, unless told.</param>
    /// <param name="repacks">Whether the weights will change, so that only kernels that <see cref="CanRepack"/> count.</param>
    /// <exception cref="EspalierException">A name is not in the table, or no kernel can compute the problem.</exception>
    public static ConvolutionKernel Choose(
        in ConvolutionProblem problem, InstructionSet? instructionSet = null, string? preferred = null, WeightSparsity sparsity = default, bool repacks = false)
    {
        preferred ??= Environment.GetEnvironmentVariable(Variable) ?? "";
        ConvolutionKernel? best = null;
        foreach (string name in preferred.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ConvolutionKernel? named = Cheapest(problem, instructionSet, name, sparsity, repacks); // also looked up where it is not needed: a wrong name is an error
            best ??= named;
        }

        best ??= Cheapest(problem, instructionSet, null, sparsity, repacks);
        return best ?? throw new EspalierException(
            $"No convolution kernel of this machine computes {problem.Groups} groups in blocks of {problem.Input.Lanes} and {problem.Output.Lanes} channels.");
    }

    private static ConvolutionKernel? Cheapest(in ConvolutionProblem problem, InstructionSet? instructionSet, string? name, WeightSparsity sparsity, bool repacks)
    {
        bool known = name is null;
        ConvolutionKernel? best = null;
        foreach (ConvolutionKernel kernel in All)
        {
            bool named = name is null || string.Equals(kernel.Name, name, StringComparison.OrdinalIgnoreCase);
            known |= named;
            if (named && (kernel.CanRepack || !repacks) && (instructionSet is null || kernel.InstructionSet == instructionSet) && kernel.Supports(problem)
                && (best is null || kernel.Cost(problem, sparsity) < best.Cost(problem, sparsity)))
            {
                best = kernel;
            }
        }

        return known ? best : throw new EspalierException(
            $"There is no convolution kernel '{name}'; there are {string.Join(", ", All.Select(kernel => kernel.Name).Distinct())}.");
    }

    /// <summary>Whether this machine has the vectors, and the blocks of the output are as wide as they.</summary>
    private protected bool Writes(in ConvolutionProblem problem) => InstructionSet.IsSupported && problem.Output.Lanes == InstructionSet.Lanes;

    /// <summary>Whether also the blocks of the input are.</summary>
    private protected bool ReadsAndWrites(in ConvolutionProblem problem) => Writes(problem) && problem.Input.Lanes == InstructionSet.Lanes;

    private static ConvolutionKernel[] KernelsOf<TLanes>(InstructionSet set) where TLanes : unmanaged, ILanes<TLanes> =>
    [
        new DirectKernel<TLanes>(set),
        new WinogradKernel<TLanes, WinogradTransform4<TLanes>>(set),
        new WinogradKernel<TLanes, WinogradTransform2<TLanes>>(set),
        new DepthwiseKernel<TLanes>(set),
        new ShuffledKernel<TLanes>(set),
        new GroupedKernel<TLanes>(set),
        new SparseKernel<TLanes, SingleWeights<TLanes>>(set),
        new SparseKernel<TLanes, BlockWeights<TLanes>>(set),
    ];
}
