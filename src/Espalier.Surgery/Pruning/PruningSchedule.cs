namespace Espalier.Surgery;

/// <summary>Schedules of sparsity for pruning during training and for pruning in steps.</summary>
public static class PruningSchedule
{
    /// <summary>The sparsity of the cubic schedule of automated gradual pruning, which increases fast at first and slowly at the end (Zhu and Gupta 2017, "To prune, or not to prune", equation 1).</summary>
    /// <param name="initial">The sparsity at the start.</param>
    /// <param name="final">The sparsity at the end.</param>
    /// <param name="progress">The elapsed fraction of the schedule; clamped to 0 to 1.</param>
    public static double GradualCubic(double initial, double final, double progress)
    {
        double rest = 1 - Math.Clamp(progress, 0, 1);
        return final + ((initial - final) * rest * rest * rest);
    }

    /// <summary>The remaining quantity in iterative pruning, in which every step removes the same fraction of what is left (Han 2015; Frankle 2019).</summary>
    /// <param name="initial">The quantity before the first step.</param>
    /// <param name="final">The quantity after the last step.</param>
    /// <param name="progress">The fraction of the steps that are done; clamped to 0 to 1.</param>
    public static double Geometric(double initial, double final, double progress)
    {
        double done = Math.Clamp(progress, 0, 1);
        return done == 1 ? final : done == 0 ? initial : initial * Math.Pow(final / initial, done);
    }
}
