using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>An implementation of convolution: an entry of the ordered table of named kernels, from which one is chosen by cost or by name.</summary>
internal abstract class ConvolutionKernel
{
    /// <summary>The environment variable that forces kernels: names separated by commas, in order of preference.</summary>
    public const string Variable = "ESPALIER_CONVOLUTION_KERNEL";

    /// <summary>All kernels for all instruction sets.</summary>
    public static ImmutableArray<ConvolutionKernel> All { get; } =
    [
        .. KernelsOf<Lanes512>(InstructionSet.Avx512),
        .. KernelsOf<Lanes256>(InstructionSet.Avx2),
        .. KernelsOf<Lanes128>(InstructionSet.Vector128Bit),
    ];

    /// <summary>The kernel's name, such as <c>direct</c>, <c>winograd4</c> or <c>depthwise</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The vector instructions that it uses.</summary>
    public abstract InstructionSet InstructionSet { get; }

    /// <summary>Whether it supports <paramref name="problem"/> on this machine.</summary>
    public abstract bool Supports(in ConvolutionProblem problem);

    /// <summary>Packs the weights for this kernel.</summary>
    /// <param name="problem">The convolution to compute.</param>
    /// <param name="weights">Weights in PyTorch's order: [output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One value for each output channel, or empty for none.</param>
    /// <exception cref="ArgumentException">The layouts, weights or biases do not match each other.</exception>
    public abstract PackedConvolution Pack(in ConvolutionProblem problem, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias);

    /// <summary>
    /// The cost of reading one packed weight from memory, in multiply-adds: 4 bytes at 24 GB/s against 120 billion multiply-adds a second
    /// (one Zen 5 core). A network's weights are not in a cache when their layer is computed.
    /// </summary>
    private protected const double WeightCost = 20;

    /// <summary>The cost of computing one image, in multiply-adds at full speed; only used to compare kernels.</summary>
    /// <remarks>
    /// The larger of arithmetic and reading of weights, plus the cost of transforms. A pure function of the problem and of the weights' sparsity, so that
    /// the same network is computed in the same way on every machine. For ResNets at 224 x 224 it selects the kernels that are fastest in the network: F(4x4) at 56,
    /// 28 and 14 pixels, and F(2x2) at 7, where the 512 x 512 filters would have 38 MB for F(4x4).
    /// </remarks>
    internal abstract double Cost(in ConvolutionProblem problem, WeightSparsity sparsity);

    /// <summary>Whether packed weights can be updated in place; not for <c>sparse</c>, whose layout depends on the zeros.</summary>
    public virtual bool CanRepack => true;

    /// <summary>The cost of computing one image, in multiply-adds at full speed: what <see cref="Choose"/> compares.</summary>
    public double CostOf(in ConvolutionProblem problem, WeightSparsity sparsity) => Cost(problem, sparsity);

    /// <summary>Chooses the kernel for <paramref name="problem"/>.</summary>
    /// <param name="problem">The convolution to compute; the block size of its output gives the vector width.</param>
    /// <param name="instructionSet">The vector instructions to use, or <see langword="null"/> for those as wide as the output's blocks.</param>
    /// <param name="preferred">
    /// Names separated by commas; the first kernel that supports the problem is used. <see langword="null"/> reads the environment variable
    /// <see cref="Variable"/>. If none of them does, or none is named, the kernel with the least <see cref="Cost"/> is used.
    /// </param>
    /// <param name="sparsity">Sparsity of the weights; dense by default.</param>
    /// <param name="repacks">Whether the weights will be updated, which requires <see cref="CanRepack"/>.</param>
    /// <exception cref="EspalierException">There is no kernel of that name, or no kernel supports the problem.</exception>
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
            $"No convolution kernel of this machine supports {problem.Groups} groups in blocks of {problem.Input.Lanes} and {problem.Output.Lanes} channels.");
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

    /// <summary>Whether this machine has the vector instructions and the output's blocks have their width.</summary>
    private protected bool Writes(in ConvolutionProblem problem) => InstructionSet.IsSupported && problem.Output.Lanes == InstructionSet.Lanes;

    /// <summary>Whether, in addition, the input's blocks have that width.</summary>
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
