namespace Espalier.Surgery;

/// <summary>Removes the units with the lowest scores.</summary>
internal static class UnitRanking
{
    /// <summary>Removes units of several parameters, ranked together. Of units with equal scores the first are removed.</summary>
    internal static void Remove(IReadOnlyList<PrunableParameter> targets, int count)
    {
        if (count == 0)
        {
            return;
        }

        float[] scores = new float[targets.Sum(target => target.Left)];
        int filled = 0;
        foreach (PrunableParameter target in targets)
        {
            for (int unit = 0; unit < target.Units; unit++)
            {
                if (target.IsLeft[unit])
                {
                    scores[filled++] = Finite(target.Scores[unit]);
                }
            }
        }

        Array.Sort(scores);
        float threshold = scores[count - 1];
        int atThreshold = count - Array.FindIndex(scores, score => score == threshold);
        foreach (PrunableParameter target in targets)
        {
            for (int unit = 0; unit < target.Units; unit++)
            {
                float score = Finite(target.Scores[unit]);
                if (target.IsLeft[unit] && (score < threshold || (score == threshold && atThreshold-- > 0)))
                {
                    target.IsLeft[unit] = false;
                }
            }
        }
    }

    /// <summary>The score to compare; NaN is treated as infinity.</summary>
    internal static float Finite(float score) => float.IsNaN(score) ? float.PositiveInfinity : score;
}
