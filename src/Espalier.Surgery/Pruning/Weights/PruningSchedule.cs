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
}
