using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The option --tune: kernels that were timed on this machine, and timed now where they have not been.</summary>
internal static class TuneOptions
{
    internal static Option<bool> Create() => new("--tune")
    {
        Description = "Choose convolution kernels by timing them in the network, once: the choice is kept in the cache (ESPALIER_CACHE) for this model and machine. Without it they are chosen by a cost model, which is the same everywhere.",
    };

    /// <summary>Refuses it for another runtime than the CPU's.</summary>
    internal static void Require(ParseResult parsed, Option<bool> tune) => RuntimeOptions.RequireCpu(parsed, tune, "chooses kernels", "choose");

    /// <summary>The predictor's options with timed kernels in them, if they are asked for.</summary>
    internal static PredictorOptions Apply(bool tune, PredictorOptions options, ModelSource source, Model model, int batch, Terminal terminal)
    {
        if (!tune)
        {
            return options;
        }

        const int Parts = 100;
        TunedKernels? tuned = null;
        ProgressBar.Run(terminal, "tune", Parts, report =>
            tuned = TuningCache.Get(source, model, options, batch, new DirectProgress<double>(part => report((int)(part * Parts))), terminal.Warn));
        return options with { TunedKernels = tuned };
    }
}
