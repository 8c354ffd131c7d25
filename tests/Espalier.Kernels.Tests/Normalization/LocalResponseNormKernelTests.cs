namespace Espalier.Kernels.Tests;

public class LocalResponseNormKernelTests
{
    // With a window of one channel, the usual one, and one of more channels than the maps have.
    private static readonly LocalResponseNormProblem[] s_problems = [new(1, 0.3, 0.5, 1), new(5, 0.1, 0.75, 2), new(3, 0.4, 1, 1), new(129, 0.5, 0.6, 1)];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void It_agrees_with_the_reference(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (LocalResponseNormProblem problem in s_problems)
            {
                (BlockedLayout from, BlockedLayout to) = (map.InputLayout(lanes), map.OutputLayout(lanes));
                float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, -3, 3);
                float[] gradient = Maps.Random(plain.Length, map.Seed + 1);
                (double[] y, double[] dx) = (new double[plain.Length], new double[plain.Length]);
                Reference.LocalResponseNorm<double>(Maps.Doubles(plain), map.Batch, Maps.Plain(from), problem.Size, problem.Alpha, problem.Beta, problem.K, y);
                Reference.LocalResponseNormGradient<double>(Maps.Doubles(plain), Maps.Plain(from), problem.Size, problem.Alpha, problem.Beta, problem.K, Maps.Doubles(gradient), dx);
                GuardedBuffer x = Maps.Block(plain, from, map.Batch), dy = Maps.Block(gradient, to, map.Batch);
                string what = $"{map.Name}, {problem}";
                KernelCheck.Maps(what, to, map.Batch, y, 2e-6, [x], (output, part, parts) =>
                    LocalResponseNormKernel.Run(problem, x.Span, from, output, to, map.Batch, part, parts));
                KernelCheck.InPlace(what, from, map.Batch, y, 2e-6, x, (output, part, parts) =>
                    LocalResponseNormKernel.Run(problem, output, from, output, from, map.Batch, part, parts));
                KernelCheck.Maps(what, from, map.Batch, dx, 4e-6, [x, dy], (target, part, parts) =>
                    LocalResponseNormKernel.Gradient(problem, x.Span, from, dy.Span, to, target, from, false, map.Batch, part, parts));
            }
        }
    }

    [Fact]
    public void A_window_without_a_middle_is_refused()
    {
        var layout = new BlockedLayout(4, 1, 1, 4);
        Assert.Throws<ArgumentException>(() => LocalResponseNormKernel.Run(new(4, 1, 1, 1), new float[4], layout, new float[4], layout, 1, 0, 1));
    }
}
