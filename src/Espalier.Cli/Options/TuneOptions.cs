using Espalier.Inference;

namespace Espalier.Cli;

/// <summary>The option --tune: kernels chosen by timing on this machine, read from the cache or measured now.</summary>
internal static class TuneOptions
{
    internal static Option<bool> Create() => new("--tune")
    {
        Description = "Chooses convolution kernels by timing them within the network, once: the choice is stored in the cache (ESPALIER_CACHE) for this model and machine. Without it they are chosen by a cost model, which does not depend on the machine.",
    };

    /// <summary>Throws if it is given with a runtime other than the CPU's.</summary>
    internal static void Require(ParseResult parsed, Option<bool> tune) => RuntimeOptions.RequireCpu(parsed, tune, "chooses kernels", "choose");

    /// <summary>The predictor options, with tuned kernels if <paramref name="tune"/> is set.</summary>
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
