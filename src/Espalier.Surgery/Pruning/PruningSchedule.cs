namespace Espalier.Surgery;

/// <summary>How sparse a network is to be while it is trained.</summary>
public static class PruningSchedule
{
    /// <summary>The cubic schedule of automated gradual pruning: fast at first, slow towards the end (Zhu and Gupta 2017, "To prune, or not to prune", equation 1).</summary>
    /// <param name="initial">Sparsity before it begins.</param>
    /// <param name="final">Sparsity when it ends.</param>
    /// <param name="progress">How much of it has passed, from 0 to 1; before and after it is as at the ends.</param>
    public static double GradualCubic(double initial, double final, double progress)
    {
        double rest = 1 - Math.Clamp(progress, 0, 1);
        return final + ((initial - final) * rest * rest * rest);
    }

    /// <summary>A quantity that shrinks by the same factor in each of several steps: what iterative pruning keeps, so that every step removes the same share of what is left (Han 2015; Frankle 2019).</summary>
    /// <param name="initial">The quantity before the first step.</param>
    /// <param name="final">The quantity after the last.</param>
    /// <param name="progress">How many of the steps are done, as a share of them.</param>
    public static double Geometric(double initial, double final, double progress)
    {
        double done = Math.Clamp(progress, 0, 1);
        return done == 1 ? final : done == 0 ? initial : initial * Math.Pow(final / initial, done);
    }
}
