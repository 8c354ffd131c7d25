using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The gradients of a factor and a shift per channel: Σ x·dy and Σ dy over the pixels of the batch.</summary>
internal static unsafe class AffineGradient
{
    /// <summary>Sums each row: part <paramref name="part"/> of <paramref name="parts"/> (rows of all images). <see cref="ChannelSums.Reduce"/> then adds the rows up.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the op's input.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="workspace"><see cref="ChannelSums.WorkspaceLength"/> floats.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gather(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> workspace, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(gradientLayout), "a gradient has its value's map");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        Expect.That(workspace.Length >= ChannelSums.WorkspaceLength(inputLayout, batch), "the workspace is too short");
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height), part, parts);
        fixed (float* x = input, dy = gradient, sums = workspace)
        {
            LanesDispatch.Run(inputLayout.Lanes, new Job { Input = x, InputLayout = inputLayout, Gradient = dy, GradientLayout = gradientLayout, Sums = sums, First = begin, End = end });
        }
    }

    private readonly struct Job : ILanesJob
    {
        internal required float* Input { get; init; }

        internal required BlockedLayout InputLayout { get; init; }

        internal required float* Gradient { get; init; }

        internal required BlockedLayout GradientLayout { get; init; }

        internal required float* Sums { get; init; }

        internal required int First { get; init; }

        internal required int End { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            (var x, var dy) = (new MapAddress(InputLayout), new MapAddress(GradientLayout));
            nint padded = InputLayout.PaddedChannels, length = (nint)InputLayout.Width * TLanes.Count;
            for (int line = First; line < End; line++)
            {
                for (int block = 0; block < InputLayout.Blocks; block++)
                {
                    var row = new MapRow(line / InputLayout.Height, block, line % InputLayout.Height);
                    float* from = Input + x.Of(row), gradient = Gradient + dy.Of(row);
                    TLanes products = TLanes.Zero, sum = TLanes.Zero;
                    for (nint i = 0; i < length; i += TLanes.Count)
                    {
                        TLanes each = TLanes.Load(gradient + i);
                        products = TLanes.MultiplyAdd(TLanes.Load(from + i), each, products);
                        sum = TLanes.Add(sum, each);
                    }

                    float* to = Sums + (2 * line * padded) + (block * TLanes.Count);
                    TLanes.Store(to, products);
                    TLanes.Store(to + padded, sum);
                }
            }
        }
    }
}
